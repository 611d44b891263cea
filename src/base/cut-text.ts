/** The text, or as much of its beginning as leaves room for the mark of an omission, within so many bytes of UTF-8. Never half a character. */
export function cutText(text: string, bytesMax: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= bytesMax) return text;
  let end = bytesMax - Buffer.byteLength(omission);
  while ((bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end) + omission;
}

const omission = '…';
