/* Scoring by keyboard: arrows move between cells, 0 to 5 score, Backspace clears, Enter opens the reason. Each score is
   saved as it is given; without this the table is a form with one button. */
(function () {
  'use strict';
  var WAIT = 2000;

  function cells(table) { return Array.prototype.slice.call(table.querySelectorAll('[data-cell]')); }

  function near(cell, key) {
    var row = Number(cell.getAttribute('data-row')), column = Number(cell.getAttribute('data-column'));
    if (key === 'ArrowUp') { row -= 1; }
    if (key === 'ArrowDown') { row += 1; }
    if (key === 'ArrowLeft') { column -= 1; }
    if (key === 'ArrowRight') { column += 1; }
    return cell.closest('[data-scores]').querySelector('[data-row="' + row + '"][data-column="' + column + '"]');
  }

  /* What each number means for the cell one stands in. */
  function explain(cell) {
    var table = cell.closest('[data-scores]');
    var line = document.getElementById('score-steps');
    var steps = document.getElementById('steps-' + cell.getAttribute('data-criterion'));
    if (!line) { return; }
    line.textContent = steps ? cell.getAttribute('aria-label') + '. ' + steps.textContent.replace(/\s+/g, ' ').trim() : '';
    cells(table).forEach(function (one) { one.tabIndex = one === cell ? 0 : -1; });
  }

  function told(cell, state, words) {
    var line = document.getElementById('score-state');
    cell.setAttribute('data-state', state);
    if (line) { line.textContent = words; }
  }

  function save(cell) {
    var table = cell.closest('[data-scores]');
    var form = cell.form;
    var body = new FormData();
    var value = cell.value;
    ['csrfmiddlewaretoken', 'acting'].forEach(function (name) {
      if (form.elements[name]) { body.append(name, form.elements[name].value); }
    });
    body.append(cell.name, value);
    body.append('one', '1');
    told(cell, 'saving', table.getAttribute('data-saving'));
    fetch(table.getAttribute('data-save'), { method: 'POST', body: body, headers: { 'HX-Request': 'true' }, redirect: 'manual' })
      .then(function (answer) {
        return answer.text().then(function (text) {
          /* Anything but our own line of text is another page: the login, an error. */
          var isOurs = (answer.headers.get('Content-Type') || '').indexOf('text/plain') === 0;
          if (!answer.ok || !isOurs) { throw new Error(isOurs ? text : ''); }
          if (cell.value === value) { told(cell, 'saved', table.getAttribute('data-saved')); }
          var count = document.getElementById('score-count');
          if (count) { count.textContent = text; }
          cell.setAttribute('data-kept', value);
        });
      })
      .catch(function (error) {
        if (error instanceof TypeError) { /* no connection: what was typed stays and is sent again */
          told(cell, 'waiting', table.getAttribute('data-offline'));
          window.setTimeout(function () { if (cell.value === value) { save(cell); } }, WAIT);
        } else {
          told(cell, 'refused', error.message || table.getAttribute('data-failed'));
          cell.value = cell.getAttribute('data-kept') || '';
        }
      });
  }

  function set(cell, value) {
    if (cell.readOnly || cell.value === value) { return; }
    cell.value = value;
    save(cell);
  }

  document.addEventListener('keydown', function (event) {
    var cell = event.target.closest && event.target.closest('[data-cell]');
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) { return; }
    if (/^Arrow/.test(event.key)) {
      event.preventDefault();
      var next = near(cell, event.key);
      if (next) { next.focus(); next.select(); }
    } else if (/^[0-5]$/.test(event.key)) {
      event.preventDefault();
      set(cell, event.key);
    } else if (event.key === 'Backspace' || event.key === 'Delete') {
      event.preventDefault();
      set(cell, '');
    } else if (event.key === 'Enter') {
      event.preventDefault();
      var link = document.getElementById('why-' + cell.id.slice(6));
      if (link) { link.click(); }
    } else if (event.key.length === 1) {
      event.preventDefault(); /* 6 and letters are no scores */
      told(cell, 'refused', cell.closest('[data-scores]').getAttribute('data-range'));
    }
  });
  document.addEventListener('focusin', function (event) {
    if (event.target.matches('[data-cell]')) { explain(event.target); }
  });
  /* On a phone's keyboard there are no key events that say what was typed. */
  document.addEventListener('input', function (event) {
    if (!event.target.matches('[data-cell]')) { return; }
    var digit = event.target.value.replace(/[^0-5]/g, '').slice(-1);
    event.target.value = digit;
    if (digit !== event.target.getAttribute('data-kept')) { save(event.target); }
  });
  document.addEventListener('DOMContentLoaded', function () {
    document.querySelectorAll('[data-scores]').forEach(function (table) {
      cells(table).forEach(function (cell, place) {
        cell.setAttribute('data-kept', cell.value);
        cell.tabIndex = place ? -1 : 0;
      });
    });
  });
  window.addEventListener('beforeunload', function (event) {
    if (document.querySelector('[data-state="waiting"], [data-state="saving"]')) { event.preventDefault(); }
  });
}());
