// Asks the person for a file, by the browser's own dialogue.

/** Undefined if they choose none, or the browser shows no dialogue: it does right behind a key or a click only. */
export function chooseFile(): Promise<File | undefined> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.addEventListener('change', () => resolve(input.files?.[0]));
    input.addEventListener('cancel', () => resolve(undefined));
    input.click();
  });
}
