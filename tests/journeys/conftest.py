"""Devices for journeys through the running demo."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.running import Demo


@pytest.fixture
def sits_down(demo: Demo, browser: Browser) -> Iterator:
    """`sits_down()` is somebody at a device of their own."""
    contexts: list[BrowserContext] = []

    def device(**options) -> Page:
        contexts.append(browser.new_context(base_url=demo.address, locale="en-GB", **options))
        contexts[-1].set_default_timeout(20_000)
        return contexts[-1].new_page()

    yield device
    for context in contexts:
        context.close()
