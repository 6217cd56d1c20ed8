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

  /* ---- Keys: "/" focuses search; j and k move through [data-rows], o opens the focused one, r answers: in a
     thread the field, in a list the thread at its field ------------------------------------------------ */
  function isTyping(element) {
    return element.isContentEditable || /^(TEXTAREA|SELECT)$/.test(element.tagName) ||
      (element.tagName === 'INPUT' && !/^(checkbox|radio|submit|button)$/.test(element.type));
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
    var row = document.activeElement && document.activeElement.closest('[data-rows] [data-row-link]');
    if (event.key === 'o' && row) { row.click(); }
    if (event.key === 'r') {
      var answer = document.querySelector('#reply textarea');
      if (answer) { event.preventDefault(); answer.focus(); }
      if (!answer && row && row.closest('[data-answers]')) { window.location = row.href + '#reply'; }
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

  /* ---- What one writes: forms with [data-draft] --------------------------------------------------
     The server keeps it a second later (htmx). Until then, and while there is no connection, the browser does; what has
     become a message is known by its form's key ([data-sent]) and forgotten. */
  var KEPT = 'draft:';

  function kept(name) {
    try { return JSON.parse(stored(name)); } catch (e) { return null; }
  }
  function forget(name) {
    try { localStorage.removeItem(name); } catch (e) { /* private mode */ }
  }
  function keep(form) {
    store(KEPT + form.getAttribute('data-draft'), JSON.stringify({ key: form.elements.key.value, text: form.elements.text.value }));
  }
  function forgetSent() {
    var sent = document.querySelector('[data-sent]');
    var keys = sent ? sent.getAttribute('data-sent').split(' ') : [];
    try {
      Object.keys(localStorage).forEach(function (name) {
        var one = name.indexOf(KEPT) === 0 && kept(name);
        if (one && keys.indexOf(one.key) >= 0) { forget(name); }
      });
    } catch (e) { /* private mode */ }
  }

  document.addEventListener('input', function (event) {
    var form = event.target.form;
    if (form && form.hasAttribute('data-draft') && event.target.name === 'text') { keep(form); }
  });
  document.addEventListener('htmx:afterRequest', function (event) {
    if (!event.target.matches || !event.target.matches('[data-draft-state]') || !event.detail.successful) { return; }
    var form = event.target.closest('form');
    if (event.detail.requestConfig.parameters.text === form.elements.text.value) {
      forget(KEPT + form.getAttribute('data-draft'));
    }
  });

  function takeUp(form) {
    var one = kept(KEPT + form.getAttribute('data-draft'));
    var text = form.elements.text;
    if (!one || !one.text || one.text === text.value) { return; }
    if (text.value && one.key !== form.elements.key.value) { return; /* written on, somewhere else */ }
    text.value = one.text;
    form.elements.key.value = one.key;
    text.dispatchEvent(new Event('input', { bubbles: true }));
  }

  document.addEventListener('DOMContentLoaded', function () {
    forgetSent();
    /* After htmx has begun to listen, so that what is taken up is saved. */
    window.setTimeout(function () { document.querySelectorAll('form[data-draft]').forEach(takeUp); }, 0);
    toTheAnswer();
  });

  /* "#reply" leads to the words, not only to their frame. */
  function toTheAnswer() {
    var form = location.hash === '#reply' && document.getElementById('reply');
    if (form && form.elements.text) { form.elements.text.focus(); }
  }
  window.addEventListener('hashchange', toTheAnswer);

  /* ---- Files: each is sent into the draft as it is chosen or dropped, with its progress ---------- */
  function sendFile(zone, file) {
    var form = zone.closest('form');
    var line = zone.querySelector('[data-uploading]').content.cloneNode(true).querySelector('li');
    line.querySelector('[data-name]').textContent = file.name;
    zone.querySelector('[data-files]').append(line);
    var body = new FormData();
    ['csrfmiddlewaretoken', 'acting', 'key'].forEach(function (name) {
      if (form.elements[name]) { body.append(name, form.elements[name].value); }
    });
    body.append('uploads', file);
    var request = new XMLHttpRequest();
    request.upload.addEventListener('progress', function (event) {
      if (event.lengthComputable) { line.querySelector('progress').value = 100 * event.loaded / event.total; }
    });
    request.addEventListener('load', function () {
      if (request.status === 200 && request.getResponseHeader('Content-Type').indexOf('text/html') === 0 && request.responseURL.indexOf(zone.getAttribute('data-drop').split('?')[0]) >= 0) {
        line.insertAdjacentHTML('afterend', request.responseText);
        if (window.htmx) { window.htmx.process(line.nextElementSibling); }
        line.remove();
      } else if (request.status === 422) {
        refuse(zone, line, request.responseText);
      } else {
        refuse(zone, line, file.name + ': ' + zone.getAttribute(request.status === 413 ? 'data-large' : 'data-failed'));
      }
    });
    request.addEventListener('error', function () { refuse(zone, line, file.name + ': ' + zone.getAttribute('data-failed')); });
    request.addEventListener('loadend', function () { busy(form, -1); });
    busy(form, 1);
    request.open('POST', zone.getAttribute('data-drop'));
    request.send(body);
  }

  function refuse(zone, line, reason) {
    var said = zone.querySelector('[data-refused]').content.cloneNode(true).querySelector('li');
    said.querySelector('[data-reason]').textContent = reason;
    line.replaceWith(said);
  }

  /* What is still on its way would be missing: sending waits for it. */
  function busy(form, more) {
    var count = Number(form.getAttribute('data-busy') || 0) + more;
    form.setAttribute('data-busy', count);
    form.querySelector('[data-send]').disabled = count > 0;
  }

  document.addEventListener('change', function (event) {
    var zone = event.target.type === 'file' && event.target.closest('[data-drop]');
    if (!zone) { return; }
    Array.prototype.slice.call(event.target.files).forEach(function (file) { sendFile(zone, file); });
    event.target.value = '';
  });
  function zoneOf(event) {
    var form = event.target.closest && event.target.closest('form[data-draft]');
    var files = event.dataTransfer && Array.prototype.indexOf.call(event.dataTransfer.types, 'Files') >= 0;
    return form && files ? form.querySelector('[data-drop]') : null;
  }
  ['dragover', 'dragleave', 'drop'].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var zone = zoneOf(event);
      if (!zone) { return; }
      event.preventDefault();
      zone.closest('form').classList.toggle('is-over', name === 'dragover');
      if (name === 'drop') {
        Array.prototype.slice.call(event.dataTransfer.files).forEach(function (file) { sendFile(zone, file); });
      }
    });
  });
  document.addEventListener('click', function (event) {
    if (event.target.closest('[data-forget]')) { event.target.closest('li').remove(); }
    if (event.target.closest('[data-print]')) { window.print(); }
  });
}());
