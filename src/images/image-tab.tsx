import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { TranslationBundle } from '@jupyterlab/translation';
import { checkIcon, circleEmptyIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import '../../style/images.css';
import { isAbort } from '../companion/problem-error.ts';
import type { ICompanion } from '../companion/tokens.ts';
import type { ImageDetail, ImagePage, RepositoryState } from '../contract/images.ts';
import type { Problem } from '../contract/problem.ts';
import { Breakable } from '../ui/breakable.tsx';
import { formatBytes, UNKNOWN } from '../ui/bytes.ts';
import { CopyAs } from '../ui/copy-as.tsx';
import { CopyButton } from '../ui/copy-button.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { exactTime, formatDate } from '../ui/time.ts';
import { said } from '../ui/said.ts';
import { useTrans } from '../ui/translation.ts';
import { Waiting } from '../ui/waiting.tsx';
import { FirstStart } from './first-start.tsx';
import { imageTitle, kindText, trustFacts } from './image-words.ts';
import { lastingRef } from './tokens.ts';

interface IProps {
  /** `REPO:PATH`. */
  readonly imageRef: string;
  /** Told once the image's name is known. */
  readonly onTitle: (title: string) => void;
  readonly companion: ICompanion;
  readonly commands: JupyterFrontEnd['commands'];
}

interface ILoaded {
  readonly image: ImageDetail;
  /** Null when the list did not say. */
  readonly repository: RepositoryState | null;
}

function useImage(props: IProps): {
  readonly loaded: ILoaded | null;
  readonly problem: Problem | null;
  readonly again: () => void;
} {
  const { companion, imageRef } = props;
  const [loaded, setLoaded] = React.useState<ILoaded | null>(null);
  const [problem, setProblem] = React.useState<Problem | null>(null);
  const [attempt, setAttempt] = React.useState(0);
  React.useEffect(() => {
    const asking = new AbortController();
    const load = async (): Promise<void> => {
      const image = await companion.get<ImageDetail>(
        'images/detail',
        { ref: imageRef },
        asking.signal
      );
      setLoaded({ image, repository: null });
      setProblem(null);
      // Dates of the repository come with every list from it; one row is enough.
      const page = await companion.get<ImagePage>(
        'images',
        { repository: image.repository, limit: 1 },
        asking.signal
      );
      const repository = page.repositories.find(({ fqrn }) => fqrn === image.repository) ?? null;
      setLoaded({ image, repository });
    };
    load().catch((error: unknown) => {
      if (!isAbort(error)) {
        setProblem(companion.problemOf(error));
      }
    });
    return () => asking.abort();
  }, [companion, imageRef, attempt]);
  return { loaded, problem, again: () => setAttempt(attempt + 1) };
}

function TrustFacts(props: ILoaded): React.ReactElement {
  const trans = useTrans();
  return (
    <section aria-label={trans.__('What is known')}>
      <h2>{trans.__('What is known')}</h2>
      <dl className="jp-panosc-Facts jp-panosc-TrustFacts">
        {trustFacts(props.image, props.repository, trans).map(({ name, text, isChecked }) => {
          const Icon = isChecked ? checkIcon : circleEmptyIcon;
          return (
            <React.Fragment key={name}>
              <dt>
                <Icon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
                {name}
              </dt>
              <dd>{text}</dd>
            </React.Fragment>
          );
        })}
      </dl>
    </section>
  );
}

/** Labels, help and definition are texts of strangers: shown as text, never as anything else. */
function Texts(props: { readonly image: ImageDetail }): React.ReactElement {
  const trans = useTrans();
  const { labels, help, definition, note } = props.image;
  const names = Object.keys(labels).sort((a, b) => a.localeCompare(b));
  return (
    <>
      {note !== null && <p>{said(note, trans)}</p>}
      {help !== null && (
        <section>
          <h2>{trans.__('Help')}</h2>
          <pre>{help}</pre>
        </section>
      )}
      {names.length > 0 && (
        <section>
          <h2>{trans.__('Labels')}</h2>
          <dl className="jp-panosc-Facts jp-panosc-Labels">
            {names.map(name => (
              <React.Fragment key={name}>
                <dt>{name}</dt>
                <dd>{labels[name]}</dd>
              </React.Fragment>
            ))}
          </dl>
        </section>
      )}
      {definition !== null && (
        <details className="jp-panosc-Details">
          <summary>{trans.__('Definition file')}</summary>
          <pre>{definition}</pre>
        </details>
      )}
    </>
  );
}

function yesNo(value: boolean | null, trans: TranslationBundle): string {
  return value === null ? UNKNOWN : value ? trans.__('yes') : trans.__('no');
}

function ImageTab(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { loaded, problem, again } = useImage(props);
  const { onTitle } = props;
  const title = loaded === null ? null : imageTitle(loaded.image);
  React.useEffect(() => {
    if (title !== null) {
      onTitle(title);
    }
  }, [title, onTitle]);
  if (loaded === null) {
    return (
      <div className="jp-panosc-Image">
        <ProblemBanner problem={problem} onRetry={again} />
        {problem === null && <Waiting what={trans.__('the repository')} rows={6} />}
      </div>
    );
  }
  const { image } = loaded;
  return (
    <div className="jp-panosc-Image">
      <h1>{imageTitle(image)}</h1>
      <div className="jp-panosc-Buttons">
        <button
          type="button"
          className="jp-panosc-Button jp-mod-accept"
          onClick={() =>
            void props.commands.execute('panosc-jobs:new', { image: lastingRef(image) })
          }
        >
          {trans.__('Use in job')}
        </button>
        <CopyAs commands={code => code.imageCommands(image)} />
      </div>
      <ProblemBanner problem={problem} onRetry={again} />
      <TrustFacts {...loaded} />
      <h2>{trans.__('About')}</h2>
      <dl className="jp-panosc-Facts">
        <dt>{trans.__('Repository')}</dt>
        <dd>{image.repository}</dd>
        <dt>{trans.__('Path')}</dt>
        <dd className="jp-panosc-Image-path">
          <code>
            <Breakable path={image.mountPath} />
          </code>
          <CopyButton label={trans.__('Copy path')} text={image.mountPath} />
        </dd>
        {image.linkTo !== null && (
          <>
            <dt>{trans.__('Link to')}</dt>
            <dd>{image.linkTo}</dd>
          </>
        )}
        <dt>{trans.__('Kind')}</dt>
        <dd>{kindText(image.kind, trans)}</dd>
        <dt>{trans.__('Size')}</dt>
        <dd>{formatBytes(image.sizeBytes)}</dd>
        <FirstStart image={image} />
        <dt>{trans.__('Changed')}</dt>
        <dd title={exactTime(image.modifiedAt)}>{formatDate(image.modifiedAt)}</dd>
        <dt>{trans.__('For')}</dt>
        <dd>{image.architecture ?? UNKNOWN}</dd>
        <dt>{trans.__('Encrypted')}</dt>
        <dd>{yesNo(image.encrypted, trans)}</dd>
        <dt>{trans.__('List of parts')}</dt>
        <dd>{image.sbom ?? trans.__('none inside')}</dd>
        <dt>{trans.__('Content hash')}</dt>
        <dd>{image.contentHash === null ? UNKNOWN : <code>{image.contentHash}</code>}</dd>
      </dl>
      <Texts image={image} />
    </div>
  );
}

/** The content of an image's tab. */
export function createImageTab(props: IProps): React.ReactElement {
  return <ImageTab {...props} />;
}
