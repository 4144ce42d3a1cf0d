import * as React from 'react';
import '../../../style/signin.css';
import type { FacilityAddresses } from '../../contract/facility.ts';
import type { Problem } from '../../contract/problem.ts';
import type { PendingSignin } from '../../contract/signin.ts';
import { CopyAs, type CopyAsCode } from '../../ui/copy-as.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { LiveRegion } from '../../ui/live-region.tsx';
import { ProblemBanner } from '../../ui/problem-banner.tsx';
import { formatDuration } from '../../ui/time.ts';
import { useTrans } from '../../ui/translation.ts';
import { useNow } from '../../ui/use-now.ts';
import { useSignal } from '../../ui/use-signal.ts';
import type { ISignin } from '../tokens.ts';

const TICK_MS = 1_000;

/** Only addresses that a browser may safely open. */
function safeHref(address: string): string | undefined {
  return /^https?:\/\//i.test(address) ? address : undefined;
}

/** The same by another program. */
function SignInByHand(props: {
  readonly provider: string;
  readonly addresses: () => Promise<FacilityAddresses>;
}): React.ReactElement {
  const commands = async (code: CopyAsCode): Promise<ReturnType<CopyAsCode['signInCommands']>> => {
    const { providers } = await props.addresses();
    const provider = providers.find(({ id }) => id === props.provider);
    return provider === undefined ? [] : code.signInCommands(provider, providers.length === 1);
  };
  return (
    <div className="jp-panosc-Buttons">
      <CopyAs commands={commands} />
    </div>
  );
}

function Steps(props: {
  readonly pending: PendingSignin;
  readonly addresses: () => Promise<FacilityAddresses>;
  readonly onCancel: () => void;
  readonly onAgain: () => void;
}): React.ReactElement {
  const trans = useTrans();
  const { pending } = props;
  const secondsLeft = (Date.parse(pending.expiresAt) - useNow(TICK_MS)) / 1000;
  if (secondsLeft <= 0) {
    return (
      <>
        <p>{trans.__('The code has expired before it was used.')}</p>
        <div className="jp-panosc-Buttons">
          <button
            type="button"
            className="jp-panosc-Button jp-mod-accept"
            onClick={props.onAgain}
            data-autofocus
          >
            {trans.__('New code')}
          </button>
          <button type="button" className="jp-panosc-Button" onClick={props.onCancel}>
            {trans.__('Cancel')}
          </button>
        </div>
      </>
    );
  }
  const complete = pending.verificationUriComplete ?? pending.verificationUri;
  const timeLeft = trans.__('Waiting for you… %1 left', formatDuration(secondsLeft, trans));
  return (
    <>
      <ol className="jp-panosc-Signin-steps">
        <li>
          {trans.__('Open')}{' '}
          <a
            href={safeHref(complete)}
            target="_blank"
            rel="noopener noreferrer"
            className="jp-panosc-Link"
          >
            {pending.verificationUri.replace(/^https?:\/\//, '')}
            <span className="jp-panosc-HiddenText">{trans.__('(opens a new tab)')}</span>
          </a>{' '}
          <CopyButton text={complete} label={trans.__('Copy the address')} />
        </li>
        <li>
          {trans.__('Enter')} <code className="jp-panosc-Signin-code">{pending.userCode}</code>{' '}
          <CopyButton text={pending.userCode} label={trans.__('Copy the code')} />
        </li>
      </ol>
      <figure className="jp-panosc-Signin-qr">
        <img
          src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(pending.qrSvg)}`}
          alt={trans.__('QR code of the sign-in address')}
        />
        <figcaption>{trans.__('or scan it with your phone')}</figcaption>
      </figure>
      <div className="jp-panosc-Signin-wait">
        <span>{timeLeft}</span>
        <button type="button" className="jp-panosc-Button" onClick={props.onCancel}>
          {trans.__('Cancel')}
        </button>
      </div>
      <SignInByHand provider={pending.provider} addresses={props.addresses} />
      <LiveRegion text={trans.__('Sign-in code %1. %2', pending.userCode, timeLeft)} />
    </>
  );
}

function useStart(
  signin: ISignin,
  providers: readonly { readonly id: string }[],
  problemOf: (error: unknown) => Problem
): {
  readonly start: (provider: string) => Promise<void>;
  readonly isStarting: boolean;
  readonly failure: Problem | null;
} {
  const [failure, setFailure] = React.useState<Problem | null>(null);
  const [isStarting, setIsStarting] = React.useState(false);
  const start = React.useCallback(
    async (provider: string) => {
      setIsStarting(true);
      setFailure(null);
      try {
        await signin.start(provider);
      } catch (error) {
        setFailure(problemOf(error));
      }
      setIsStarting(false);
    },
    [signin, problemOf]
  );
  const onlyProvider = providers.length === 1 ? providers[0]?.id : undefined;
  const isPending = signin.value?.pending != null;
  const hasStarted = React.useRef(false);
  React.useEffect(() => {
    // With one service there is nothing to choose.
    if (onlyProvider !== undefined && !isPending && !hasStarted.current) {
      hasStarted.current = true;
      void start(onlyProvider);
    }
  }, [onlyProvider, isPending, start]);
  return { start, isStarting, failure };
}

/** The sign-in dialog inside the panel: which service, then address and code, then done. */
export function SigninBox(props: {
  readonly signin: ISignin;
  readonly providers: readonly { readonly id: string; readonly title: string }[];
  readonly problemOf: (error: unknown) => Problem;
  /** Where the services are, for who signs in by another program. */
  readonly addresses: () => Promise<FacilityAddresses>;
  /** Signed in or given up. */
  readonly onClose: () => void;
}): React.ReactElement | null {
  const trans = useTrans();
  const { signin, providers, onClose } = props;
  const { start, isStarting, failure } = useStart(signin, providers, props.problemOf);
  const box = React.useRef<HTMLDivElement>(null);
  useSignal(signin.changed);
  const state = signin.value?.state ?? 'signed-out';
  const pending = signin.value?.pending ?? null;

  React.useEffect(() => box.current?.focus(), []);
  const lastState = React.useRef(state);
  const hasProblem = signin.value?.problem != null;
  React.useEffect(() => {
    // Signed in, or given up in another tab.
    const isGivenUp = lastState.current === 'pending' && state === 'signed-out' && !hasProblem;
    lastState.current = state;
    if (state === 'signed-in' || isGivenUp) {
      onClose();
    }
  }, [state, hasProblem, onClose]);

  const cancel = (): void => {
    if (pending !== null) {
      signin.abandon().catch(() => undefined);
    }
    onClose();
  };
  const provider = providers.find(({ id }) => id === pending?.provider);
  const problem = failure ?? (pending === null ? (signin.value?.problem ?? null) : null);
  const canChoose = pending === null && !isStarting;
  return (
    // Escape gives up, as in every dialog.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      className="jp-panosc-Signin"
      role="group"
      aria-label={trans.__('Sign in')}
      ref={box}
      tabIndex={-1}
      onKeyDown={event => event.key === 'Escape' && cancel()}
    >
      <h2>
        {provider === undefined ? trans.__('Sign in') : trans.__('Sign in with %1', provider.title)}
      </h2>
      {!isStarting && <ProblemBanner problem={problem} />}
      {isStarting && <p role="status">{trans.__('Asking for a code…')}</p>}
      {pending !== null && !isStarting && (
        <Steps
          pending={pending}
          addresses={props.addresses}
          onCancel={cancel}
          onAgain={() => void start(pending.provider)}
        />
      )}
      {canChoose && (
        <>
          {providers.length > 1 && <p>{trans.__('Which service knows you?')}</p>}
          <div className="jp-panosc-Buttons jp-mod-stacked">
            {providers.map(({ id, title }) => (
              <button
                key={id}
                type="button"
                className="jp-panosc-Button jp-mod-accept"
                onClick={() => void start(id)}
              >
                {problem?.type.endsWith('/sign-in-expired') === true
                  ? trans.__('New code from %1', title)
                  : title}
              </button>
            ))}
            <button type="button" className="jp-panosc-Button" onClick={cancel}>
              {trans.__('Cancel')}
            </button>
          </div>
        </>
      )}
    </div>
  );
}
