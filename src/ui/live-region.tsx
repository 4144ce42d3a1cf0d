import * as React from 'react';

const QUIET_MS = 10_000;

/** Tells screen readers about progress, at most every ten seconds; the newest text wins. */
export function LiveRegion(props: { readonly text: string }): React.ReactElement {
  const [said, setSaid] = React.useState('');
  const lastSaid = React.useRef(0);
  React.useEffect(() => {
    if (props.text === said) {
      return;
    }
    const timer = setTimeout(
      () => {
        lastSaid.current = Date.now();
        setSaid(props.text);
      },
      Math.max(0, lastSaid.current + QUIET_MS - Date.now())
    );
    return () => clearTimeout(timer);
  }, [props.text, said]);
  return (
    <div className="jp-panosc-HiddenText" role="status" aria-live="polite">
      {said}
    </div>
  );
}
