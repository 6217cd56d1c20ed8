"""The room's rows, a module for each topic."""

from vendors.directory.models.enquiries import Enquiry, Purpose
from vendors.directory.models.evidence import (
    WOULD_HIRE_AGAIN,
    Certificate,
    Evidence,
    HireAgain,
    Level,
    Partner,
    Pick,
    Reference,
    ReferenceAnswer,
    SamplePhoto,
    Sharing,
    Testimonial,
    WorkSample,
)
from vendors.directory.models.facets import Facet, FacetValue
from vendors.directory.models.imports import Import
from vendors.directory.models.profiles import Capability, How, ProvenBy, Site, Vendor
from vendors.directory.models.relations import Contact, Note, Relationship, Tag, Tagging
from vendors.directory.models.requests import EvidenceRequest, Judgement, RequestedItem
from vendors.directory.models.searches import FacetTally, Listing, Relisting, SavedSearch, Word

__all__ = [
    "WOULD_HIRE_AGAIN",
    "Capability",
    "Certificate",
    "Contact",
    "Enquiry",
    "Evidence",
    "EvidenceRequest",
    "Facet",
    "FacetTally",
    "FacetValue",
    "HireAgain",
    "How",
    "Import",
    "Judgement",
    "Level",
    "Listing",
    "Note",
    "Partner",
    "Pick",
    "ProvenBy",
    "Purpose",
    "Reference",
    "ReferenceAnswer",
    "Relationship",
    "Relisting",
    "RequestedItem",
    "SamplePhoto",
    "SavedSearch",
    "Sharing",
    "Site",
    "Tag",
    "Tagging",
    "Testimonial",
    "Vendor",
    "Word",
    "WorkSample",
]
