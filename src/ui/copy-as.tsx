import { Clipboard } from '@jupyterlab/apputils';
import { caretDownIcon, checkIcon, copyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { CopyAs as ICopyAs } from '../contract/copy-as/command.ts';
import type * as code from '../contract/copy-as/index.ts';
import { useTrans } from './translation.ts';

const THANKS_MS = 2_000;

/** What makes the commands; its code is loaded when a menu is opened for the first time. */
export type CopyAsCode = typeof code;

interface IProps {
  /** The ways to do by hand what stands beside this button. Asked anew each time that the menu opens. */
  readonly commands: (code: CopyAsCode) => readonly ICopyAs[] | Promise<readonly ICopyAs[]>;
  /** What is copied, where several of these buttons stand in one view; else "Copy as". */
  readonly label?: string;
}

type Opened = 'no' | 'loading' | 'broken' | readonly ICopyAs[];

/** Which item a key leads to, from item `at` of `count`; null for other keys. */
function itemFor(key: string, at: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at + count - 1) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** The commands by the names of their programs, and below them the text of the one that has the focus. */
function Menu(props: {
  readonly id: string;
  readonly label: string;
  readonly items: readonly ICopyAs[];
  readonly onChoose: (item: ICopyAs) => void;
}): React.ReactElement {
  const { id, items, label, onChoose } = props;
  const [at, setAt] = React.useState(0);
  const menu = React.useRef<HTMLDivElement>(null);
  const focus = (index: number): void => {
    menu.current?.querySelectorAll<HTMLElement>('[role="menuitem"]')[index]?.focus();
  };
  React.useEffect(() => focus(0), []);
  return (
    <>
      <div
        id={id}
        role="menu"
        aria-label={label}
        className="jp-panosc-CopyAs-items"
        ref={menu}
        tabIndex={-1}
        onKeyDown={event => {
          const next = itemFor(event.key, at, items.length);
          if (next !== null) {
            event.preventDefault();
            event.stopPropagation();
            focus(next);
          }
        }}
      >
        {items.map((item, index) => (
          <button
            key={item.label}
            id={`${id}-${index}`}
            type="button"
            role="menuitem"
            className="jp-panosc-Button"
            tabIndex={index === at ? 0 : -1}
            onFocus={() => setAt(index)}
            onMouseEnter={() => setAt(index)}
            onClick={() => onChoose(item)}
          >
            {item.label}
          </button>
        ))}
      </div>
      {/* To be read before it is copied; it scrolls, so that who has no mouse must reach it. */}
      <pre
        className="jp-panosc-CopyAs-text"
        role="group"
        aria-labelledby={`${id}-${at}`}
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
      >
        {items[at]?.text}
      </pre>
    </>
  );
}

function useCommands(commands: IProps['commands']): {
  readonly opened: Opened;
  readonly open: () => void;
  readonly close: () => void;
} {
  const [opened, setOpened] = React.useState<Opened>('no');
  const attempt = React.useRef(0);
  React.useEffect(() => () => void (attempt.current += 1), []);
  const open = async (): Promise<void> => {
    attempt.current += 1;
    const mine = attempt.current;
    const settle = (state: Opened): void => {
      if (mine === attempt.current) {
        setOpened(state);
      }
    };
    settle('loading');
    try {
      const loaded = await import(
        /* webpackChunkName: "panosc-copy-as" */ '../contract/copy-as/index.ts'
      );
      settle(await commands(loaded));
    } catch {
      settle('broken');
    }
  };
  const close = (): void => {
    attempt.current += 1;
    setOpened('no');
  };
  return { opened, open: () => void open(), close };
}

/**
 * A button with a menu of commands that do the same by hand; the one that is chosen is copied. It stands in a row of
 * buttons (`jp-panosc-Buttons`); the menu lies below them in the flow: it is cut off nowhere, however narrow the panel.
 */
export function CopyAs(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { open, opened, close } = useCommands(props.commands);
  const [copied, setCopied] = React.useState<string | null>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const menuId = React.useId();
  React.useEffect(() => {
    if (copied !== null) {
      const timer = setTimeout(() => setCopied(null), THANKS_MS);
      return () => clearTimeout(timer);
    }
  }, [copied]);
  const isOpen = opened !== 'no';
  const hasMenu = typeof opened !== 'string';
  const label = props.label ?? trans.__('Copy as');
  const leave = (): void => {
    close();
    button.current?.focus();
  };
  const choose = ({ label: name, text }: ICopyAs): void => {
    leave();
    Clipboard.copyToSystem(text);
    setCopied(name);
  };
  const said =
    opened === 'loading'
      ? trans.__('Asking for the commands…')
      : opened === 'broken'
        ? trans.__('The commands could not be made. Try again.')
        : copied === null
          ? ''
          : trans.__('Copied: %1', copied);
  const Icon = copied === null ? copyIcon : checkIcon;
  return (
    // The keys of the menu bubble up to here.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="jp-panosc-CopyAs"
      onKeyDown={event => {
        if (isOpen && event.key === 'Escape') {
          // What is around, such as a dialog, stays open.
          event.stopPropagation();
          leave();
        } else if (!isOpen && event.key === 'ArrowDown') {
          event.preventDefault();
          open();
        }
      }}
      onBlur={event => {
        if (isOpen && !event.currentTarget.contains(event.relatedTarget)) {
          close();
        }
      }}
    >
      <button
        type="button"
        ref={button}
        className="jp-panosc-Button"
        aria-haspopup="menu"
        aria-expanded={hasMenu}
        aria-controls={hasMenu ? menuId : undefined}
        onClick={isOpen ? close : open}
      >
        <Icon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
        {label}
        <caretDownIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
      </button>
      <span
        aria-live="polite"
        className={
          opened === 'loading' || opened === 'broken'
            ? 'jp-panosc-CopyAs-said'
            : 'jp-panosc-HiddenText'
        }
      >
        {said}
      </span>
      {hasMenu && <Menu id={menuId} label={label} items={opened} onChoose={choose} />}
    </div>
  );
}
