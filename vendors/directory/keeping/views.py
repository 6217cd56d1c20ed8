"""Views of merchants about what they keep to themselves of a vendor: notes, tags, how they stand, blocks."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from outsourcing.accounts.requests import UserRequest
from outsourcing.accounts.walls import LARGEST_ID, acts_on, form_methods
from outsourcing.shared import clock
from vendors.directory.keeping import actions
from vendors.directory.keeping.errors import Blocked, TooManyTags
from vendors.directory.keeping.forms import BlockForm, NoteForm, StatusForm, TagForm
from vendors.directory.models import Note, Tag, Vendor
from vendors.directory.profiles.views import BUYERS, about_vendor


# ---- Notes ---------------------------------------------------------------------------------------------------------
@require_POST
@acts_on(Vendor, *BUYERS)
def add_note(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Write a note."""
    form = NoteForm(request.POST)
    if not form.is_valid():
        return about_vendor(request, vendor, _("A note about %(vendor)s") % {"vendor": vendor}, "", form, status=422)
    actions.add_note(vendor, form.cleaned_data["text"], by=request.acting, at=clock.now())
    return redirect("directory:vendor", vendor.pk)


@form_methods
@acts_on(Note, *BUYERS)
def edit_note(request: UserRequest, note: Note) -> HttpResponse:
    """Put other words in a note's place."""
    actions.see_that_it_is_theirs(note, request.acting)
    form = NoteForm(request.POST or None, initial={"text": note.text})
    if request.method == "POST" and form.is_valid():
        actions.change_note(note, form.cleaned_data["text"], by=request.acting, at=clock.now())
        messages.success(request, _("Saved."))
        return redirect("directory:vendor", note.vendor_id)
    lede = _("It stays with the name and the day it was written, and says that it was edited.")
    return about_vendor(request, note.vendor, _("Edit the note"), lede, form)


@require_POST
@acts_on(Note, *BUYERS)
def remove_note(request: UserRequest, note: Note) -> HttpResponse:
    """Take a note away."""
    vendor = note.vendor_id
    actions.remove_note(note, by=request.acting)
    messages.success(request, _("The note is gone."))
    return redirect("directory:vendor", vendor)


# ---- Tags ----------------------------------------------------------------------------------------------------------
@require_POST
@acts_on(Vendor, *BUYERS)
def add_tag(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Put a tag on a vendor."""
    form = TagForm(request.POST)
    if form.is_valid():
        try:
            actions.add_tag(vendor, form.cleaned_data["name"], by=request.acting)
        except TooManyTags as error:
            form.add_error("name", str(error))
        else:
            return redirect("directory:vendor", vendor.pk)
    lede = _("Only you and your colleagues see it.")
    return about_vendor(request, vendor, _("Tag %(vendor)s") % {"vendor": vendor}, lede, form, status=422)


@require_POST
@acts_on(Vendor, *BUYERS)
def remove_tag(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Take a tag off a vendor."""
    number = request.POST.get("tag", "")
    pk = int(number) if number.isascii() and number.isdecimal() and len(number) < 20 else 0
    tag = Tag.objects.visible_to(request.acting).filter(pk=min(pk, LARGEST_ID), taggings__vendor=vendor).first()
    if tag is None:
        raise Http404
    actions.remove_tag(vendor, tag)
    return redirect("directory:vendor", vendor.pk)


# ---- How they stand ------------------------------------------------------------------------------------------------
@require_POST
@acts_on(Vendor, *BUYERS)
def set_status(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Say how one stands to a vendor."""
    form = StatusForm(request.POST)
    if form.is_valid():
        try:
            actions.set_status(vendor, form.cleaned_data["status"], by=request.acting, at=clock.now())
        except Blocked as error:
            form.add_error("status", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("directory:vendor", vendor.pk)
    title = _("How you stand to %(vendor)s") % {"vendor": vendor}
    return about_vendor(request, vendor, title, _("Only you and your colleagues see it."), form, status=422)


@form_methods
@acts_on(Vendor, *BUYERS)
def block(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Block a vendor, with a reason."""
    form = BlockForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.block(vendor, form.cleaned_data["reason"], by=request.acting, at=clock.now())
        return redirect("directory:vendor", vendor.pk)
    lede = _("Your colleagues see it marked as blocked. Neither the vendor nor other shops learn of it.")
    return about_vendor(request, vendor, _("Block %(vendor)s") % {"vendor": vendor}, lede, form)


@require_POST
@acts_on(Vendor, *BUYERS)
def unblock(request: UserRequest, vendor: Vendor) -> HttpResponse:
    """Take a block back."""
    actions.unblock(vendor, by=request.acting)
    return redirect("directory:vendor", vendor.pk)
