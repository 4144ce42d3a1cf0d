import qrcode from 'qrcode-generator';

/** Light border that readers need around the code, in modules (ISO/IEC 18004, 6.3.8). */
const QUIET_ZONE = 4;

/** One `M…h…v…h…z` for each horizontal run of dark modules: a fraction of one rectangle a module. */
function darkRuns(code: ReturnType<typeof qrcode>): string {
  const size = code.getModuleCount();
  let path = '';
  for (let row = 0; row < size; row++) {
    let start = -1;
    for (let column = 0; column <= size; column++) {
      const isDark = column < size && code.isDark(row, column);
      if (isDark && start < 0) {
        start = column;
      } else if (!isDark && start >= 0) {
        const length = column - start;
        path += `M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${length}v1h-${length}z`;
        start = -1;
      }
    }
  }
  return path;
}

/**
 * An ASCII address as a QR code, drawn here: nothing is fetched and nobody else learns the code.
 *
 * Dark on white in every theme, because many readers refuse inverted codes; the dark modules are
 * `currentColor`, so that a style sheet may still choose them.
 */
export function qrSvg(address: string, label: string): string {
  const code = qrcode(0, 'M');
  code.addData(address, 'Byte');
  code.make();
  const side = code.getModuleCount() + 2 * QUIET_ZONE;
  const name = label.replace(/[<>&"]/g, ' ');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" role="img" aria-label="${name}" ` +
    `color="#000" shape-rendering="crispEdges"><title>${name}</title>` +
    `<rect width="${side}" height="${side}" fill="#fff"/><path fill="currentColor" d="${darkRuns(code)}"/></svg>`
  );
}
