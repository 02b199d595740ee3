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

// A chosen file and pasted text exclude each other: the last one given counts.
document.addEventListener('change', event => {
  const part = event.target.closest('[data-part]');
  if (!part) return;
  const file = part.querySelector('input[type=file]');
  const text = part.querySelector('textarea');
  if (event.target === file && file.files.length) text.value = '';
  if (event.target === text && text.value) file.value = '';
});
