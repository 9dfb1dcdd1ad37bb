// Raw bytes as everybody shows them: offset, hexadecimal, characters.

const width = 16;
const maxShown = 4096; // bytes

// dump takes base64.
export function dump(base64) {
  const all = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const bytes = all.subarray(0, maxShown);
  const lines = [];
  for (let at = 0; at < bytes.length; at += width) {
    const row = [...bytes.subarray(at, at + width)];
    const hex = row.map((b) => b.toString(16).padStart(2, "0")).join(" ").padEnd(width * 3 - 1);
    const text = row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex}  ${text}`);
  }
  if (all.length > maxShown) lines.push(`… ${all.length - maxShown} more bytes are held; GET /api/requests/ID has them`);
  return lines.join("\n");
}
