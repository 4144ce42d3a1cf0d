import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import * as React from 'react';
import { createReactPanel } from './react-panel.tsx';

const FOCUSABLE =
  'button:not([disabled]), [href], input:not([disabled]), select, textarea, summary, [tabindex="0"]';

function trapFocus(event: React.KeyboardEvent<HTMLElement>): void {
  const inside = [...event.currentTarget.querySelectorAll<HTMLElement>(FOCUSABLE)];
  const edge = event.shiftKey ? inside[0] : inside.at(-1);
  const other = event.shiftKey ? inside.at(-1) : inside[0];
  if (document.activeElement === edge || document.activeElement === event.currentTarget) {
    event.preventDefault();
    other?.focus();
  }
}

/** The frame of a dialog: keeps the focus inside, Escape closes. */
function Frame(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: React.ReactNode;
}): React.ReactElement {
  const titleId = React.useId();
  const frame = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    const first = frame.current?.querySelector<HTMLElement>('[data-autofocus]') ?? frame.current;
    first?.focus();
  }, []);
  const onKeyDown = (event: React.KeyboardEvent<HTMLElement>): void => {
    // Lab's own shortcuts stay outside as long as the dialog is open.
    event.stopPropagation();
    if (event.key === 'Escape') {
      props.onClose();
    } else if (event.key === 'Tab') {
      trapFocus(event);
    }
  };
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="jp-Dialog-content jp-panosc-Modal"
      role="dialog"
      aria-modal="true"
      aria-labelledby={titleId}
      tabIndex={-1}
      ref={frame}
      onKeyDown={onKeyDown}
    >
      <h2 className="jp-Dialog-header" id={titleId}>
        {props.title}
      </h2>
      {props.children}
    </div>
  );
}

/**
 * Opens a dialog whose buttons are part of its content, because they depend on it (Lab's Dialog fixes them at the start).
 * Resolves when it is closed; the focus goes back to where it was.
 */
export function openModal(options: {
  readonly title: string;
  readonly trans: TranslationBundle;
  readonly render: (close: () => void) => React.ReactElement;
}): Promise<void> {
  return new Promise(resolve => {
    const before = document.activeElement;
    const close = (): void => {
      if (!panel.isDisposed) {
        panel.dispose();
        if (before instanceof HTMLElement && before.isConnected) {
          before.focus();
        }
        resolve();
      }
    };
    const panel = createReactPanel(
      <Frame title={options.title} onClose={close}>
        {options.render(close)}
      </Frame>,
      options.trans
    );
    panel.addClass('jp-panosc-ModalLayer');
    Widget.attach(panel, document.body);
  });
}
