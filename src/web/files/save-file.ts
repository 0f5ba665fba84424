// Gives the person a file: the browser asks where, or puts it among the downloads. It opens nothing: whatever the sender
// says of it, for the browser it is bytes.

const keepMs = 60_000;

export function saveFile(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file.slice(0, file.size, 'application/octet-stream'));
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(link.href), keepMs);
}
