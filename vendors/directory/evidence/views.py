"""Views of evidence: all pieces of one kind, and writing down, changing and taking back a piece."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from outsourcing.accounts.forms import helper
from outsourcing.accounts.models import Role
from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_on, form_methods
from outsourcing.files.uploads import takes_files
from outsourcing.shared import clock
from vendors.directory.evidence import actions
from vendors.directory.evidence.forms import FORMS, PieceForm
from vendors.directory.evidence.kinds import ADDED, KINDS, Kind
from vendors.directory.evidence.shown import KEEPERS, Pieces, is_kept_by, may_add
from vendors.directory.models import Certificate, Evidence, Vendor

PER_PAGE = 25
#: What a merchant takes over from a certificate that it has checked with the issuer.
COPIED = ("value", "name", "issuer", "number", "issued_on", "expires_on")

View = Callable[..., HttpResponse]


def on_piece(*roles: Role) -> Callable[[View], View]:
    """For pages about one piece of any kind that is written down here: 404 where it cannot be seen or was taken back,
    403 without the role or where it is somebody else's."""

    def decorate(view: View) -> View:
        @wraps(view)
        def found(request: UserRequest, kind: str, pk: int) -> HttpResponse:
            if kind not in ADDED:
                raise Http404

            def with_piece(request: UserRequest, piece: Any) -> HttpResponse:
                if piece.removed_at is not None:
                    raise Http404
                if not is_kept_by(piece, request.acting):
                    raise PermissionDenied
                return view(request, ADDED[kind], piece)

            return acts_on(ADDED[kind].model, *roles)(with_piece)(request, pk=pk)

        return found

    return decorate


@require_safe
@acts_on(Vendor)
def list_evidence(request: UserRequest, vendor: Vendor, kind: str) -> HttpResponse:
    """All pieces of one kind that the reader may see, a page at a time."""
    known = KINDS.get(kind)
    if known is None:
        raise Http404
    today = clock.today(request.acting.zone)
    pieces = Pieces(known, vendor, acting=request.acting, today=today)
    context = {
        "title": _("%(kind)s of %(vendor)s") % {"kind": known.label, "vendor": vendor},
        "crumbs": crumbs_of(request, vendor),
        "vendor": vendor,
        "kind": known,
        "page": Paginator(cast("Any", pieces), PER_PAGE).get_page(request.GET.get("page")),
        "is_merchant": request.acting.organisation.is_merchant,
        "may_add": kind in ADDED and may_add(request.acting, vendor),
    }
    return render(request, "directory/evidence.html", context)


@form_methods
@takes_files
@acts_on(Vendor, *KEEPERS)
def add(request: UserRequest, vendor: Vendor, kind: str) -> HttpResponse:
    """Write down a piece: a merchant's is for itself alone, a vendor's is its own word."""
    if kind not in ADDED:
        raise Http404
    known = ADDED[kind]
    form = form_of(request, known, known.model(vendor=vendor), initial=copied(request, known, vendor))
    if request.method == "POST" and form.is_valid():
        uploads = form.uploads
        actions.add(form.instance, to=vendor, uploads=uploads, by=request.acting, at=clock.now())
        messages.success(request, _("Added."))
        return redirect(tab_of(vendor.pk, known))
    words = _("Only you and your colleagues see it.") if request.acting.organisation.is_merchant else _(
        "It stands on your page as your own word."
    )  # fmt: skip
    return about(request, vendor, known.one, _("%(vendor)s. %(words)s") % {"vendor": vendor, "words": words}, form)


@form_methods
@takes_files
@on_piece(*KEEPERS)
def edit(request: UserRequest, kind: Kind, piece: Evidence) -> HttpResponse:
    """Change an own piece."""
    form = form_of(request, kind, piece)
    if request.method == "POST" and form.is_valid():
        upload = next(iter(form.uploads), None)
        actions.change(form.instance, fields=form.of_model, upload=upload, by=request.acting, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect(tab_of(piece.vendor_id, kind))
    return about(request, piece.vendor, _("Edit %(piece)s") % {"piece": str(piece)[:80]}, "", form)


class TakeBackForm(forms.Form):
    """Nothing to fill in."""

    @property
    def helper(self) -> FormHelper:
        made = helper(save=_("Take back"))
        made.layout[-1].field_classes = "btn btn-danger"
        return made


@form_methods
@on_piece(*KEEPERS)
def remove(request: UserRequest, kind: Kind, piece: Evidence) -> HttpResponse:
    """Take an own piece back, after a question."""
    if request.method == "POST":
        actions.remove(piece, by=request.acting, at=clock.now())
        messages.success(request, _("Taken back."))
        return redirect(tab_of(piece.vendor_id, kind))
    title = _("Take back %(piece)s?") % {"piece": str(piece)[:80]}
    lede = _("Nobody sees it or its file any more, and it counts for nothing.")
    return about(request, piece.vendor, title, lede, TakeBackForm())


def form_of(request: UserRequest, kind: Kind, piece: Evidence, initial: dict[str, Any] | None = None) -> PieceForm:
    """The form for a piece, filled with what was sent."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    today = clock.today(request.acting.zone)
    return FORMS[kind.slug](*sent, instance=piece, initial=initial, acting=request.acting, today=today)


def copied(request: UserRequest, kind: Kind, vendor: Vendor) -> dict[str, Any]:
    """What a merchant that has checked a certificate with its issuer need not type again; `from` names it."""
    named = request.GET.get("from", "")
    if kind.model is not Certificate or not named.isdecimal() or int(named) > LARGEST_ID:
        return {}
    seen = Certificate.objects.visible_to(request.acting).current().filter(vendor=vendor, pk=int(named)).first()
    today = {"checked_on": clock.today(request.acting.zone)}
    return {name: getattr(seen, name) for name in COPIED} | today if seen is not None else {}


def crumbs_of(request: UserRequest, vendor: Vendor) -> list[tuple[str, str]]:
    """The way to a vendor's page; a vendor has no list of others above it."""
    above = [(_("Vendors"), reverse("directory:list"))] if request.acting.organisation.is_merchant else []
    return [*above, (str(vendor), reverse("directory:vendor", args=[vendor.pk]))]


def tab_of(vendor_pk: int, kind: Kind) -> str:
    """The address of a vendor's page with one kind open."""
    return f"{reverse('directory:vendor', args=[vendor_pk])}?show={kind.slug}"


def about(request: UserRequest, vendor: Vendor, title: Any, lede: str, form: forms.BaseForm) -> HttpResponse:
    """A page with one form about a piece of evidence."""
    context = {"title": title, "lede": lede, "crumbs": crumbs_of(request, vendor), "form": form}
    return render(request, "form.html", context)
