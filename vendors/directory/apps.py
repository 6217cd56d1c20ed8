"""The directory: vendors, how they are searched, and the evidence for what they say."""

from django.apps import AppConfig


class DirectoryConfig(AppConfig):
    name = "vendors.directory"
