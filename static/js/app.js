/* Progressive enhancement: every page works without it.
   Loaded first in <head>, blocking and small, so that the look is set before the first paint. */
(function () {
  'use strict';
  var root = document.documentElement;
  var GROUND = { light: '#faf7f0', dark: '#181613' };
  root.classList.add('js');

  /* ---- Look: light, dark, or as the device says ------------------------------------------------ */
  var device = window.matchMedia('(prefers-color-scheme: dark)');
  var choice = 'system';

  function stored(key) {
    try { return localStorage.getItem(key); } catch (e) { return null; /* private mode */ }
  }
  function store(key, value) {
    try { localStorage.setItem(key, value); } catch (e) { /* private mode */ }
  }
  function paint() {
    var look = choice === 'system' ? (device.matches ? 'dark' : 'light') : choice;
    root.setAttribute('data-theme', choice);
    root.setAttribute('data-bs-theme', look);
    var colour = document.querySelector('meta[name="theme-color"]');
    if (colour) { colour.content = GROUND[look]; }
    document.querySelectorAll('[data-theme-choice]').forEach(function (button) {
      button.setAttribute('aria-pressed', String(button.getAttribute('data-theme-choice') === choice));
    });
  }

  /* What was chosen on this device counts until the profile says something new. */
  var saved = root.hasAttribute('data-theme-saved') ? root.getAttribute('data-theme') : null;
  if (saved && saved !== stored('theme-saved')) {
    store('theme', saved);
    store('theme-saved', saved);
  }
  choice = stored('theme') || saved || 'system';
  if (choice !== 'light' && choice !== 'dark') { choice = 'system'; }
  paint();
  device.addEventListener('change', paint);
  window.addEventListener('storage', function (event) {
    if (event.key === 'theme' && event.newValue) { choice = event.newValue; paint(); }
  });

  /* ---- Menus are <details>: they open without us; here they also close ------------------------- */
  function closeMenus(except) {
    document.querySelectorAll('details.menu[open]').forEach(function (menu) {
      if (menu !== except) { menu.open = false; }
    });
  }

  document.addEventListener('click', function (event) {
    var theme = event.target.closest('[data-theme-choice]');
    if (theme) {
      choice = theme.getAttribute('data-theme-choice');
      store('theme', choice);
      paint();
      var menu = theme.closest('details.menu');
      closeMenus();
      if (menu) { menu.querySelector('summary').focus(); }
      return;
    }
    var dismiss = event.target.closest('[data-dismiss]');
    if (dismiss) { dismiss.closest('.toast').remove(); }
    closeMenus(event.target.closest('details.menu'));
  });

  document.addEventListener('focusin', function (event) {
    closeMenus(event.target.closest('details.menu'));
  });

  /* ---- Keys: "/" focuses search; j and k move through [data-rows], Enter follows the focused link -- */
  function isTyping(element) {
    return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName);
  }

  document.addEventListener('keydown', function (event) {
    if (event.key === 'Escape') {
      var open = document.querySelector('details.menu[open]');
      if (open) {
        open.open = false;
        open.querySelector('summary').focus();
      }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) { return; }
    if (event.key === '/') {
      var field = document.getElementById('global-search');
      if (field) { event.preventDefault(); field.focus(); }
    }
    if (event.key === 'j' || event.key === 'k') {
      var links = Array.prototype.slice.call(document.querySelectorAll('[data-rows] [data-row-link]'));
      if (!links.length) { return; }
      var at = links.indexOf(document.activeElement) + (event.key === 'j' ? 1 : -1);
      links[Math.max(0, Math.min(at, links.length - 1))].focus();
    }
  });

  /* ---- Messages: said aloud, and the good news leaves by itself -------------------------------- */
  function leave(toast) {
    window.setTimeout(function () {
      if (toast.matches(':hover, :focus-within')) { leave(toast); } else { toast.remove(); }
    }, 10000);
  }

  function arrive(toast) {
    if (toast.hasAttribute('data-leaves')) { leave(toast); }
  }

  function say(id) {
    var source = document.getElementById(id);
    var region = document.getElementById('toasts-alert');
    if (source && region) { region.replaceChildren(source.content.cloneNode(true)); }
  }

  document.addEventListener('DOMContentLoaded', function () {
    paint();
    /* Screen readers speak what is added to a live region, not what it held from the start. */
    window.setTimeout(function () {
      document.querySelectorAll('.toasts > *').forEach(function (region) {
        Array.prototype.slice.call(region.children).forEach(function (toast) { region.append(toast); });
      });
    }, 250);
    document.querySelectorAll('.toast').forEach(arrive);
    /* Tabs that do not fit: the one of this page is in view. */
    document.querySelectorAll('.nav-tabs [aria-current], .sub-nav [aria-current]').forEach(function (tab) {
      var row = tab.closest('ul');
      row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
    });
    document.addEventListener('htmx:load', function (event) {
      if (event.target.matches('.toast')) { arrive(event.target); }
      event.target.querySelectorAll('.toast').forEach(arrive);
    });
    /* A piece that comes anew: what stood open in it stays open, and the keyboard is not thrown back to the top. */
    var opened = [];
    document.addEventListener('htmx:beforeSwap', function (event) {
      opened = [];
      if (event.detail.target.matches('[data-keep-open]')) {
        event.detail.target.querySelectorAll('details[open][id]').forEach(function (one) { opened.push(one.id); });
      }
    });
    document.addEventListener('htmx:afterSwap', function () {
      opened.forEach(function (id) {
        var one = document.getElementById(id);
        if (one) { one.open = true; }
      });
    });
    document.addEventListener('htmx:afterSettle', function () {
      var start = document.querySelector('[data-keep-open] [data-focus]');
      if (start && document.activeElement === document.body) { start.focus({ preventScroll: true }); }
    });
    document.addEventListener('htmx:sendError', function (event) {
      if (!isQuiet(event.target)) { say('toast-offline'); }
    });
    document.addEventListener('htmx:responseError', function (event) {
      if (event.detail.xhr.status !== 409 && !isQuiet(event.target)) { say('toast-failed'); }
    });
  });

  /* ---- What comes while one looks: [data-live] asks again and again, not while nobody sees the page ---- */
  function isQuiet(element) {
    return element instanceof Element && element.matches('[data-live]');
  }

  function look() {
    document.querySelectorAll('[data-live]').forEach(function (one) { one.dispatchEvent(new CustomEvent('look')); });
  }

  document.addEventListener('htmx:beforeRequest', function (event) {
    if (isQuiet(event.target) && document.hidden) { event.preventDefault(); }
  });
  document.addEventListener('visibilitychange', function () { if (!document.hidden) { look(); } });
  window.addEventListener('pageshow', function (event) { if (event.persisted) { look(); } });

  /* Where somebody writes below, the lines that come above push nothing away under their hands. */
  var wasAt = null;
  document.addEventListener('htmx:beforeSwap', function (event) {
    if (!isQuiet(event.target)) { return; }
    /* The login, or the switch to another organisation, is no news. */
    if (event.detail.serverResponse.indexOf('data-live') < 0) { event.detail.shouldSwap = false; }
    var active = document.activeElement;
    wasAt = active && active !== document.body ? { element: active, top: active.getBoundingClientRect().top } : null;
  });
  document.addEventListener('htmx:afterSwap', function () {
    if (!wasAt || !wasAt.element.isConnected) { return; }
    window.scrollBy({ top: wasAt.element.getBoundingClientRect().top - wasAt.top, behavior: 'instant' });
    wasAt = null;
  });
}());
