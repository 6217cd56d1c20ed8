"""Bytes that people hand in: checked by content, kept with their row or not at all."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "outsourcing.files"
