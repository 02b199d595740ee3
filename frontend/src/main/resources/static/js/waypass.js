// The little that markup cannot do. Every page works without it.
document.addEventListener('click', event => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  navigator.clipboard?.writeText(document.getElementById(button.dataset.copy).textContent).then(() => {
    button.querySelector('.word').textContent = button.dataset.copied;
    button.classList.add('is-copied');
  });
});

// Instants come as UTC; who reads them lives somewhere.
const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
function localise(root) {
  for (const time of root.querySelectorAll('time[data-at]')) {
    const text = absolute.format(new Date(time.dateTime));
    if (time.dataset.at === 'title') time.title = text;
    else time.textContent = text;
  }
}
localise(document);
document.addEventListener('htmx:afterSwap', event => localise(event.target.parentNode ?? document));

// Files: dropped ones join those that were chosen, one of the same name takes the place of the older one, single ones can
// be taken out again, and what is too large is told before it is sent. The input itself holds the truth.
const MOST_BYTES = 64 * 1024;
function keep(input, files) {
  const box = input.closest('[data-drop]');
  const kept = new DataTransfer();
  const large = [];
  const latest = new Map(files.map(file => [file.name, file]));
  for (const file of latest.values()) {
    if (file.size > MOST_BYTES) large.push(file.name);
    else kept.items.add(file);
  }
  box.querySelector('[data-too-large-here]').textContent = large.length ? `${box.dataset.tooLarge} ${large.join(', ')}` : '';
  input.files = kept.files;
  input.kept = [...kept.files];
}
document.addEventListener('change', event => {
  const input = event.target;
  if (input.type === 'file' && input.closest('[data-drop]')) keep(input, [...(input.kept ?? []), ...input.files]);
}, true);
for (const type of ['dragover', 'dragleave', 'drop']) document.addEventListener(type, event => {
  const box = event.target.closest?.('[data-drop]');
  if (!box) return;
  event.preventDefault();
  box.classList.toggle('is-over', type === 'dragover');
  if (type !== 'drop' || !event.dataTransfer.files.length) return;
  const input = box.querySelector('input[type=file]');
  keep(input, [...(input.kept ?? input.files), ...event.dataTransfer.files]);
  input.dispatchEvent(new CustomEvent('dropped', { bubbles: true }));
});
document.addEventListener('click', event => {
  const button = event.target.closest('[data-remove]');
  if (!button) return;
  const input = document.getElementById(button.dataset.field);
  const files = [...(input.kept ?? input.files)];
  // a name with characters that do not show is written in another way, so its place tells which file it is
  const named = files.findIndex(file => file.name === button.dataset.remove);
  const placed = [...document.querySelectorAll(`[data-remove][data-field=${button.dataset.field}]`)].indexOf(button);
  files.splice(named < 0 ? placed : named, 1);
  keep(input, files);
  input.dispatchEvent(new CustomEvent('dropped', { bubbles: true }));
  input.focus();
});
document.addEventListener('click', event => {
  if (window.htmx && event.target.closest('[data-check]')) event.preventDefault();
});
for (const type of ['htmx:responseError', 'htmx:sendError']) document.addEventListener(type, event => {
  const inspection = document.getElementById('inspection');
  if (!inspection || !event.detail.elt.dataset.failed) return;
  const said = document.createElement('p');
  said.className = 'field-wrong';
  // who was signed out is led to the sign-in page, which no script may read, or is refused for the old form's token
  const signedOut = event.detail.xhr?.status === 401 || event.detail.xhr?.status === 403;
  said.textContent = signedOut ? event.detail.elt.dataset.signedOut : event.detail.elt.dataset.failed;
  inspection.replaceChildren(said);
});
// What was judged while the form was filled: single files can be taken out, and the passphrase is asked for when it is needed.
document.addEventListener('htmx:afterSwap', event => {
  const inspection = document.getElementById('inspection');
  if (!inspection || event.detail.target.id !== 'inspection') return;
  for (const button of inspection.querySelectorAll('[data-remove]')) button.hidden = false;
  // a region that is replaced is not read aloud; one that stays and is filled is
  document.getElementById('inspection-said').textContent = inspection.querySelector('[data-summary]')?.textContent ?? '';
  const field = document.getElementById('passphrase-field');
  field.hidden = inspection.dataset.passphrase !== 'needed' && !document.getElementById('passphrase').value;
});

// A form is sent once, however often its button is pressed; coming back to it makes it new.
document.addEventListener('submit', event => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  else {
    form.dataset.sent = 'yes';
    setTimeout(() => delete form.dataset.sent, 5000);
  }
});
addEventListener('pageshow', () => {
  for (const form of document.forms) delete form.dataset.sent;
  // a browser that comes back to a form gives it its files and texts again, but not what was said of them
  for (const input of document.querySelectorAll('[data-drop] input[type=file]')) {
    if (!input.files.length) continue;
    input.kept = [...input.files];
    input.dispatchEvent(new CustomEvent('dropped', { bubbles: true }));
  }
});

// Keys for lists and decisions; single ones can be turned off (WCAG 2.1.4). Nothing needs them.
const keysOn = document.querySelector('[data-keys-on]');
try { if (keysOn) keysOn.checked = localStorage.getItem('waypass-keys') !== 'off'; } catch { /* no storage */ }
keysOn?.addEventListener('change', () => {
  try { localStorage.setItem('waypass-keys', keysOn.checked ? 'on' : 'off'); } catch { /* no storage */ }
});
document.addEventListener('keydown', event => {
  const target = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (target.matches?.('input:not([type=checkbox], [type=radio]), textarea, select')) {
    if (event.key === 'Escape') target.blur();
    return;
  }
  if (!keysOn?.checked) return;
  const rows = [...document.querySelectorAll('[data-rows] tbody tr')];
  const at = rows.findIndex(row => row.contains(document.activeElement));
  const go = to => rows[Math.max(0, Math.min(rows.length - 1, to))]?.querySelector('a').focus();
  const keyed = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === '?') document.getElementById('keys')?.togglePopover();
  else if (event.key === 'j' && rows.length) go(at + 1);
  else if (event.key === 'k' && rows.length) go(at < 0 ? 0 : at - 1);
  else if (event.key === 'x' && at >= 0) rows[at].querySelector('input[type=checkbox]')?.click();
  else if (keyed) {
    event.preventDefault();
    if (keyed.matches('a, button')) keyed.click();
    else keyed.focus();
  } else return;
  if (event.key.length === 1) event.preventDefault();
});

// How many rows are selected.
function told(form) {
  const selected = form.querySelectorAll('input[name=request]:checked').length;
  const line = form.querySelector('[data-selected]');
  line.textContent = selected === 0 ? line.dataset.none : selected === 1 ? line.dataset.one : line.dataset.many.replace('{n}', selected);
}
document.addEventListener('change', event => {
  const form = event.target.closest('[data-select]');
  if (form) told(form);
});
addEventListener('pageshow', () => document.querySelectorAll('[data-select]').forEach(told));
