"""The forms of a profile, a section each. The vendor's own people and a merchant that keeps it use the same ones."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from outsourcing.accounts.forms import one_line
from outsourcing.files.forms import CheckedFileField
from outsourcing.files.kinds import PICTURES
from vendors.directory.models import Facet, FacetValue, How, Vendor
from vendors.directory.profiles.choices import LinksField, Tree, ValuesField, WaysField, by_facet, offered
from vendors.directory.profiles.facts import Facts, Place
from vendors.directory.profiles.saving import FIELDS, Changes

MOST_SITES = 50
#: Older companies give the year of a guild's book; nobody has such a mailbox.
OLDEST = 1500


def columns(*fields: Any) -> FormHelper:
    """Fields below each other; a tuple's stand side by side. The page has the form's tag, its button and its proofs."""
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    helper.layout = Layout(
        *(Div(*one, css_class="field-row") if isinstance(one, tuple) else one for one in fields if one)
    )
    return helper


class AboutForm(forms.ModelForm[Vendor]):
    """Who the vendor is; a merchant that keeps it names it here too."""

    links = LinksField(label=_("Links"), help_text=_("One a line, such as a film of your floor. Ten at most."))

    class Meta:
        model = Vendor
        fields = ("tagline", "description", "website", "links", "founded", "people")

    def __init__(
        self, data: Any = None, files: Any = None, *, vendor: Vendor, facts: Facts, is_own: bool, today: date
    ) -> None:
        owner = vendor.organisation
        named = {"name": owner.name, "country": owner.country}
        super().__init__(data, files, instance=vendor, initial=named)
        self.is_own, self.has_logo = is_own, vendor.logo_id is not None
        names: tuple[str, ...] = ()
        if not is_own:
            names = ("name", "country")
            self.fields["name"] = forms.CharField(label=_("Name"), max_length=120)
            self.fields["country"] = CountryField(blank=True).formfield(label=_("Country"), required=False)  # type: ignore[assignment]
        self.fields["logo"] = CheckedFileField(
            kinds=PICTURES, label=_("New logo") if self.has_logo else _("Logo"), required=False
        )
        self.fields["logo"].help_text = _("A picture of at least 104 by 104 points, best on a plain ground.")
        if self.has_logo:
            self.fields["no_logo"] = forms.BooleanField(label=_("Take the logo away"), required=False)
        self.fields["description"].widget.attrs["rows"] = 6
        self.fields["website"].widget.attrs |= {"inputmode": "url", "placeholder": "https://"}
        self.fields["founded"] = forms.IntegerField(
            label=_("Founded in"), min_value=OLDEST, max_value=today.year, required=False
        )
        rest = ("logo", *(["no_logo"] if self.has_logo else []), "links", ("founded", "people"))
        self.helper = columns(*names, "tagline", "description", "website", *rest)

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_tagline(self) -> str:
        return " ".join(self.cleaned_data["tagline"].split())

    def changes(self) -> Changes:
        said = self.cleaned_data
        about = {} if self.is_own else {name: said[name] for name in ("name", "country")}
        logo: Any = said["logo"] or (False if said.get("no_logo") else None)
        return Changes("about", {name: said[name] for name in FIELDS["about"]}, about, logo=logo)


class ServicesForm(forms.Form):
    """What the vendor does, for whom and with what."""

    def __init__(
        self, data: Any = None, files: Any = None, *, vendor: Vendor, facts: Facts, is_own: bool, today: date
    ) -> None:
        said: dict[str, Any] = {facet: by_facet(facts, facet) for facet in Facet}
        said["ways"] = {one.pk: one.how or How.NATIVE.value for one in facts.integrations}
        super().__init__(data, files, initial=said)
        values = offered(facts)
        add = self.fields.__setitem__
        add("service", ValuesField(values[Facet.SERVICE], label=_("Services")))
        add("handling", ValuesField(values[Facet.HANDLING], label=_("Special handling")))
        where = values[Facet.SHIPS_TO]
        add("ships_to", ValuesField(where, label=_("Ships to"), widget=Tree(where)))
        add("ways", WaysField(values[Facet.INTEGRATION], label=_("Works with")))
        add("language", ValuesField(values[Facet.LANGUAGE], label=_("Languages")))
        add("hours", ValuesField(values[Facet.HOURS], label=_("Hours")))
        self.fields["ships_to"].help_text = _("Open a continent to choose countries. The widest choice counts.")
        self.fields["ways"].help_text = _(
            "Native: your system talks to it itself. Middleware: a third one stands between."
        )
        boxes = [Div(name, css_class="many") for name in ("service", "handling")]
        few = [Div(name, css_class="many") for name in ("language", "hours")]
        self.helper = columns(*boxes, "ships_to", "ways", *few)

    def changes(self) -> Changes:
        said = self.cleaned_data
        chosen = {pk: "" for name, pks in said.items() if name != "ways" for pk in pks}
        return Changes("services", values={**chosen, **said["ways"]})


class TermsForm(forms.ModelForm[Vendor]):
    """Numbers, prices and terms, all in the vendor's own words."""

    class Meta:
        model = Vendor
        fields = FIELDS["terms"]
        widgets = {"cut_off": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}
        help_texts = {
            "minimum": _("What an order-poor month costs all the same."),
            "cut_off": _("Orders until then leave the same day."),
            "hours": _("Such as Mon-Fri 8:00-18:00."),
        }

    def __init__(
        self, data: Any = None, files: Any = None, *, vendor: Vendor, facts: Facts, is_own: bool, today: date
    ) -> None:
        super().__init__(data, files, instance=vendor, initial={"terms": by_facet(facts, Facet.TERMS)})
        for name in ("price_from", "price_to", "minimum"):
            field = self.fields[name]
            field.label = _("%(what)s, in %(currency)s") % {
                "what": str(field.label).capitalize(),
                "currency": vendor.organisation.currency,
            }
        self.fields["terms"] = ValuesField(offered(facts)[Facet.TERMS], label=_("Terms"))
        self.helper = columns(
            ("orders_from", "orders_to"),
            ("price_from", "price_to"),
            "minimum",
            ("contract_months", "notice_days"),
            ("cut_off", "hours"),
            "terms",
        )

    def changes(self) -> Changes:
        said = self.cleaned_data
        return Changes("terms", {name: said[name] for name in FIELDS["terms"]}, values=dict.fromkeys(said["terms"], ""))


class SiteForm(forms.Form):
    """One place from which a vendor works; a new one where it has no key yet."""

    pk = forms.IntegerField(required=False, widget=forms.HiddenInput)
    country = CountryField(blank=True).formfield(label=_("Country"), required=False)
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    part = forms.ChoiceField(label=_("Part of the country"), required=False)
    about = forms.CharField(label=_("About it"), max_length=160, required=False)

    def __init__(self, *args: Any, parts: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].widget.attrs["placeholder"] = _("61,000 sq ft, gift packing")
        now = self.initial.get("part")
        known = {code for _group, some in parts for code, _name in some}
        kept = [(now, now)] if now and now not in known else []
        self.fields["part"].choices = [("", "---------"), *kept, *parts]  # type: ignore[attr-defined]
        self.helper = columns(("country", "city"), "part", "about")

    def clean_city(self) -> str:
        return one_line(self.cleaned_data["city"])

    def clean_about(self) -> str:
        return one_line(self.cleaned_data["about"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        country, part = said.get("country", ""), said.get("part", "")
        if not country and "country" not in self.errors:
            self.add_error("country", _("Say in which country it is."))
        elif part and not part.startswith(f"{country}-"):
            self.add_error("part", _("It lies in another country."))
        return said


class Sites(forms.BaseFormSet):  # type: ignore[type-arg]
    """All sites of a vendor, and room for one more."""

    def __init__(
        self, data: Any = None, files: Any = None, *, vendor: Vendor, facts: Facts, is_own: bool, today: date
    ) -> None:
        self.known = {one.pk for one in facts.places}
        said = [
            {
                "pk": one.pk,
                "country": one.country,
                "city": one.city,
                "part": f"{one.country}-{one.region}" if one.region else "",
                "about": one.about,
            }
            for one in facts.places
        ]
        super().__init__(data, files, prefix="site", initial=said, form_kwargs={"parts": parts()})

    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = _("Place in the list")
        form.fields["ORDER"].widget.attrs |= {"min": 1, "max": 999}
        form.fields["ORDER"].min_value = 0  # type: ignore[attr-defined]
        if "DELETE" in form.fields:
            form.fields["DELETE"].label = _("Take this site out")
        helper: FormHelper = form.helper  # type: ignore[attr-defined]
        helper.layout.append("pk")
        if index is not None and index < self.initial_form_count():
            helper.layout.append(Div("ORDER", "DELETE", css_class="field-row site-acts"))

    def clean(self) -> None:
        keys = [form.cleaned_data["pk"] for form in self._kept() if form.cleaned_data.get("pk")]
        if set(keys) - self.known or len(keys) != len(set(keys)):
            raise ValidationError(_("One of the sites is not yours, or gone: open the page again."))

    def _kept(self) -> Iterable[forms.Form]:
        gone = self.deleted_forms
        return [form for form in self.forms if form.has_changed() or form.cleaned_data.get("pk") if form not in gone]

    def changes(self) -> Changes:
        """New ones come last, those without a place too."""
        kept = [form.cleaned_data for form in self._kept()]
        last = MOST_SITES + 1_000
        kept.sort(key=lambda said: last if said.get("ORDER") is None else said["ORDER"])
        return Changes("sites", places=[place(said) for said in kept])


SitesForm = forms.formset_factory(
    SiteForm,
    formset=Sites,
    extra=1,
    can_order=True,
    can_delete=True,
    can_delete_extra=False,
    max_num=MOST_SITES,
    absolute_max=MOST_SITES + 1,
    validate_max=True,
)


def place(said: dict[str, Any]) -> Place:
    """A site out of its form."""
    region = said["part"].partition("-")[2]
    return Place(said["pk"] or 0, str(said["country"]), region, said["city"], said["about"])


def parts() -> list[Any]:
    """Parts of countries that vendors are searched by, below their country's name. One query."""
    found: dict[str, list[tuple[str, str]]] = {}
    rows = FacetValue.objects.of(Facet.WAREHOUSE).exclude(parent=None).order_by("parent__name", "name")
    for slug, name, country in rows.values_list("slug", "name", "parent__name"):
        found.setdefault(country, []).append((slug.upper(), name))
    return list(found.items())


SECTIONS: dict[str, Any] = {"about": AboutForm, "sites": SitesForm, "services": ServicesForm, "terms": TermsForm}
TITLES = {
    "about": _("About"),
    "sites": _("Sites"),
    "services": _("Services"),
    "terms": _("Numbers and terms"),
}
