"""What a merchant does about references: naming, asking, writing down what was said; and asking whom others quote."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from outsourcing.accounts.forms import helper
from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.domains import is_free_mail, registered_domain
from vendors.directory.enquiries import answering, asking, erasing
from vendors.directory.enquiries.errors import AlreadyNamed, NotAskable, TooManyEnquiries
from vendors.directory.enquiries.forms import typed
from vendors.directory.enquiries.links import standing
from vendors.directory.evidence.references import readable_references, shown_reference, with_all
from vendors.directory.models import Enquiry, Evidence, Partner, Reference, Testimonial, Vendor
from vendors.directory.profiles.views import BUYERS, MERCHANTS, about_vendor
from vendors.directory.references import actions
from vendors.directory.references.forms import RefereeForm
from vendors.directory.references.recording import RecordForm

E = TypeVar("E", bound=Evidence)
View = Callable[..., HttpResponse]
SAVE = gettext_lazy("Save")


def acts_on_own(model: type[E], *roles: Role) -> Callable[[View], View]:
    """`acts_on` for a merchant's own piece: what others share, or a vendor handed over, is not a page of theirs."""

    def decorate(view: View) -> View:
        @acts_on(model, *roles)
        @wraps(view)
        def own(request: UserRequest, piece: E, *args: Any, **kwargs: Any) -> HttpResponse:
            if piece.merchant_id != request.acting.organisation_id or piece.removed_at:
                raise Http404
            return view(request, piece, *args, **kwargs)

        return own

    return decorate


# ---- Whom one may ask ----------------------------------------------------------------------------------------------
@form_methods
@acts_on(Vendor, *BUYERS)
def add(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Name somebody who can be asked about a vendor; asking is the next page."""
    form = RefereeForm(typed(request.POST) if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            reference = actions.name_reference(
                vendor, merchant=request.acting.organisation, by=request.acting, at=clock.now(), **form.cleaned_data
            )
        except AlreadyNamed as error:
            form.add_error("email", str(error))
        else:
            return redirect("directory:ask_reference" if reference.email else "directory:reference", reference.pk)
    lede = _("Somebody who is or was a client of %(vendor)s. Only you see them; you write to them on the next page.")
    return about_vendor(request, vendor, _("Add a reference"), lede % {"vendor": vendor}, form)


@require_safe
@acts_on_own(Reference, *MERCHANTS)
def show(request: UserRequest, reference: Reference) -> HttpResponse:
    """One reference: who they are, what was sent, what they say, and where that does not fit."""
    now = clock.now()
    mine = readable_references(request.acting).filter(pk=reference.pk).select_related("vendor__organisation")
    [reference] = with_all(mine, request.acting)
    shown = shown_reference(reference, request.acting, vendor=reference.vendor, today=clock.today(request.acting.zone))
    sent = list(
        Enquiry.objects.visible_to(request.acting).filter(reference=reference).select_related("mail", "asked_by")
    )
    sent.sort(key=lambda one: one.created_at, reverse=True)
    context = {
        **_about(reference),
        "title": reference.name or _("Name deleted"),
        "reference": reference,
        "shown": shown,
        "answer": shown.answer,
        "sent": [(one, standing(one, now)) for one in sent],
        "may_buy": request.acting.has_role(*BUYERS),
    }
    return render(request, "directory/references/reference.html", context)


@form_methods
@acts_on_own(Reference, *BUYERS)
def edit(request: UserRequest, reference: Reference) -> HttpResponse:
    """Correct what is known of somebody; another address takes back the link that was sent."""
    fresh = actions.references().get(pk=reference.pk)
    form = RefereeForm(typed(request.POST) if request.method == "POST" else None, instance=fresh, save=SAVE)
    if request.method == "POST" and form.is_valid():
        actions.change_reference(reference, at=clock.now(), **form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("directory:reference", reference.pk)
    lede = _("Another address takes back the link that was sent to the earlier one.")
    return render(request, "form.html", {**_about(reference), "title": str(reference), "lede": lede, "form": form})


@require_POST
@acts_on_own(Reference, *BUYERS)
def remove(request: UserRequest, reference: Reference) -> HttpResponse:
    """Take somebody off the list."""
    actions.remove_reference(reference, at=clock.now())
    messages.success(request, _("%(person)s is off the list.") % {"person": reference})
    return redirect("directory:vendor", reference.vendor_id)


@form_methods
@acts_on_own(Reference, *BUYERS)
def erase(request: UserRequest, reference: Reference) -> HttpResponse:
    """Delete name and address of somebody who asks for it; what they said stays without them."""
    if request.method == "POST":
        erasing.erase_by_shop(reference, at=clock.now())
        messages.success(request, _("Name and address are deleted, here and in the mails."))
        return redirect("directory:reference", reference.pk)
    context = {**_about(reference), "title": _("Delete %(person)s") % {"person": reference}, "reference": reference}
    return render(request, "directory/references/erase.html", context)


@form_methods
@acts_on_own(Reference, *BUYERS)
def record(request: UserRequest, reference: Reference) -> HttpResponse:
    """Write down what somebody said by phone or in person."""
    post = typed(request.POST) if request.method == "POST" else None
    form = RecordForm(post, about=reference, today=clock.today(request.acting.zone))
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        channel, on = given.pop("channel"), given.pop("on")
        answering.record(reference, given, channel=channel, on=on, by=request.acting, at=clock.now())
        messages.success(request, _("Written down. It counts as your word: nobody else confirmed it."))
        return redirect("directory:reference", reference.pk)
    context = {**_about(reference), "title": _("What they said"), "reference": reference, "form": form}
    return render(request, "directory/references/record.html", context)


# ---- Asking --------------------------------------------------------------------------------------------------------
class AskForm(forms.Form):
    """A word to whoever is asked; and their address, where the statement has none."""

    email = forms.EmailField(label=gettext_lazy("Their work email"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Their name"), max_length=120, required=False)
    message = forms.CharField(
        label=gettext_lazy("A word of your own, if you like"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It stands in the mail. Do not ask here what the questions ask anyway."),
    )

    def __init__(self, *args: Any, is_reference: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_reference:
            del self.fields["email"], self.fields["name"]

    @property
    def helper(self) -> FormHelper:
        return helper(*self.fields, save=_("Send the mail"))


@form_methods
@acts_on_own(Reference, *BUYERS)
def ask(request: UserRequest, reference: Reference) -> HttpResponse:
    """Write to a referee."""
    return _ask(request, reference, reverse("directory:reference", args=[reference.pk]))


@form_methods
@acts_on(Testimonial, *BUYERS)
def ask_testimonial(request: UserRequest, testimonial: Testimonial) -> HttpResponse:
    """Ask the company that is quoted whether the words are right."""
    return _ask(request, testimonial, reverse("directory:ask_testimonial", args=[testimonial.pk]))


@form_methods
@acts_on(Partner, *BUYERS)
def ask_partner(request: UserRequest, partner: Partner) -> HttpResponse:
    """Ask somebody who is named as a partner whether that is right."""
    return _ask(request, partner, reverse("directory:ask_partner", args=[partner.pk]))


def _ask(request: UserRequest, about: asking.Subject, onward: str) -> HttpResponse:
    if about.removed_at:
        raise Http404
    is_reference = isinstance(about, Reference)
    initial = {"email": about.email, "name": getattr(about, "person", "")}
    post = typed(request.POST) if request.method == "POST" else None
    form = AskForm(post, is_reference=is_reference, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            enquiry = asking.ask(about, by=request.acting, at=clock.now(), **form.cleaned_data)
        except (NotAskable, TooManyEnquiries) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The mail is on its way to %(email)s.") % {"email": enquiry.email})
            return redirect(onward)
    return render(request, "directory/references/ask.html", _ask_context(request, about, form))


def _ask_context(request: UserRequest, about: asking.Subject, form: AskForm) -> dict[str, Any]:
    purpose = asking.PURPOSES[type(about)].value
    now = clock.now()
    sent = Enquiry.objects.visible_to(request.acting).filter(**{purpose: about}).select_related("mail", "asked_by")
    return {
        **_about(about),
        "title": _("Ask %(whom)s") % {"whom": about.name if isinstance(about, Reference) else about},
        "subject": about,
        "purpose": purpose,
        "form": form,
        "warning": warning(about.email, about.vendor),
        "sent": [(one, standing(one, now)) for one in sent.order_by("-created_at")],
        "until": now + Enquiry.LASTS,
        "may_buy": True,
    }


def warning(email: str, vendor: Vendor) -> str:
    """What to know before one writes to an address that will count for nothing."""
    if email and is_free_mail(email):
        return _("This is a free mail address: anybody can have one, so the answer will not count as confirmed.")
    if email and vendor.domain and registered_domain(email) == vendor.domain:
        return _("This address is the vendor's own: the answer will not count as confirmed.")
    return ""


@require_POST
@acts_on(Enquiry, *BUYERS)
def revoke(request: UserRequest, enquiry: Enquiry) -> HttpResponse:
    """Take a link back."""
    asking.revoke(enquiry, at=clock.now())
    messages.success(request, _("The link sent to %(email)s no longer works.") % {"email": enquiry.email})
    return redirect(
        f"directory:{'reference' if enquiry.reference_id else f'ask_{enquiry.purpose}'}", enquiry.subject.pk
    )


def _about(about: asking.Subject) -> dict[str, Any]:
    """Where one is."""
    vendor = about.vendor
    crumbs = [(_("Vendors"), reverse("directory:list")), (str(vendor), reverse("directory:vendor", args=[vendor.pk]))]
    return {"vendor": vendor, "crumbs": crumbs}
