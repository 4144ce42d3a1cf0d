import * as React from 'react';

/** Whom to ask when something is refused or broken, as the facility says it; null where it does not say. */
export const HelpContext = React.createContext<string | null>(null);
