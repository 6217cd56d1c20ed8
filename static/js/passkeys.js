/* Passkeys. allauth's scripts speak with the browser; here they learn which button and which field are meant:
   data-passkey names the form of theirs (login, authenticate, add, signup), data-credential the hidden field, and
   data-passwordless, where it is asked, the tick. What to ask stands in #js_data. */
(function () {
  'use strict';

  function wire(button) {
    var kind = button.dataset.passkey;
    var ids = { credential: button.dataset.credential };
    ids[kind] = button.id;
    if (document.getElementById('js_data')) { ids.data = 'js_data'; }
    if (button.dataset.passwordless) { ids.passwordless = button.dataset.passwordless; }
    window.allauth.webauthn.forms[kind + 'Form']({ ids: ids });
  }

  document.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('[data-passkey]').forEach(wire);
  });

  /* Taken back, timed out, refused: said in the corner. */
  document.addEventListener('allauth.error', function (event) {
    var source = document.getElementById('toast-passkey');
    var region = document.getElementById('toasts-alert');
    if (source && region) {
      event.preventDefault();
      region.replaceChildren(source.content.cloneNode(true));
    }
  });
}());
