import { Clipboard } from '@jupyterlab/apputils';

/** Copies a text. False where the browser does not let it, as many do when the click is some seconds old. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Pages over plain http, and some frames, have only the older way.
  }
  let hasCopied = false;
  const onCopy = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    hasCopied = true;
  };
  document.body.addEventListener('copy', onCopy);
  Clipboard.generateEvent(document.body);
  document.body.removeEventListener('copy', onCopy);
  return hasCopied;
}
