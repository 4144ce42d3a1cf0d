/** Debian's Chromium. */
export const chromiumProgram = '/usr/bin/chromium';

/** Keeps it from talking to anybody. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run'
];
