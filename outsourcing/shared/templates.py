"""Django's templates, but for that nothing of a page that is drawn waits for the garbage collector."""

from typing import Any

from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends import django
from django.template.context import make_context
from django.utils.safestring import SafeString


class Templates(django.DjangoTemplates):
    """The same engine, whose templates let go of what they have drawn."""

    def from_string(self, template_code: str) -> "Template":
        return Template(self.engine.from_string(template_code), self)

    def get_template(self, template_name: str) -> "Template":
        try:
            return Template(self.engine.get_template(template_name), self)
        except TemplateDoesNotExist as error:
            django.reraise(error, self)
            raise


class Template(django.Template):
    """Lets go of its context: one that is made for a request holds dictionaries that name it in turn. With that ring
    each page left all that it shows, a thousand objects, to the collector, which came once or twice in every page."""

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        made = make_context(context, request, autoescape=self.backend.engine.autoescape)
        try:
            drawn = self.template.render(made)
        except TemplateDoesNotExist as error:
            django.reraise(error, self.backend)
            raise
        made.dicts.clear()
        return drawn
