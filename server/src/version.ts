declare const PANOSC_VERSION: string | undefined;

/** Set by the bundler from package.json; `dev` when the sources run as they are. */
export const version = typeof PANOSC_VERSION === 'string' ? PANOSC_VERSION : 'dev';
