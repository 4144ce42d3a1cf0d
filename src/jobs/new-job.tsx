import type { JupyterFrontEnd } from '@jupyterlab/application';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import '../../style/jobs.css';
import type { IAccelerators } from '../accelerators/tokens.ts';
import type { IFacility } from '../facility/tokens.ts';
import type { ImageSearch } from '../images/tokens.ts';
import { CopyAs } from '../ui/copy-as.tsx';
import { FieldFindings } from '../ui/field.tsx';
import { ProblemBanner } from '../ui/problem-banner.tsx';
import { said } from '../ui/said.ts';
import { useTrans } from '../ui/translation.ts';
import { useSignal } from '../ui/use-signal.ts';
import { JobFields, type Cluster } from './components/job-fields.tsx';
import { ScriptEditor } from './components/script-editor.tsx';
import type { JobsModel } from './model.ts';
import type { NewJobModel } from './new-job-model.ts';

/** Fields that show their own findings. */
const OWN_FIELDS = [
  'name',
  'workdir',
  'cluster',
  'partition',
  'timeMinutes',
  'cpus',
  'memoryMB',
  'gpus',
  'image',
  'binds',
  'result',
  'account',
  'comment'
];

interface IProps {
  readonly draft: NewJobModel;
  readonly model: JobsModel;
  readonly accelerators: IAccelerators;
  readonly facility: IFacility;
  readonly search: ImageSearch;
  readonly editors: IEditorServices | null;
  readonly commands: JupyterFrontEnd['commands'];
}

/** What this will do in one sentence, and the exact script below. */
function Preview(props: { readonly draft: NewJobModel }): React.ReactElement {
  const trans = useTrans();
  const { preview, request } = props.draft;
  const isOld = preview.isStale && preview.value !== null;
  return (
    <section className="jp-panosc-Preview" aria-busy={preview.isStale && request !== null}>
      <ProblemBanner problem={preview.problem} onRetry={() => preview.retry(request)} />
      <details className="jp-panosc-Details">
        <summary>
          {isOld
            ? trans.__('The exact script (of a moment ago)')
            : trans.__('The exact script that is submitted')}
        </summary>
        {preview.value === null ? (
          <p>{trans.__('It appears here as soon as the form is complete.')}</p>
        ) : (
          <pre>{preview.value.script}</pre>
        )}
      </details>
    </section>
  );
}

function Actions(props: IProps & { readonly cluster: Cluster | undefined }): React.ReactElement {
  const trans = useTrans();
  const { draft, cluster, commands } = props;
  const { submitted, preview, request } = draft;
  const isBatch = cluster?.features.batch !== false;
  const script = preview.value?.script;
  return (
    <div className="jp-panosc-NewJob-actions">
      <ProblemBanner
        problem={draft.problem}
        onRetry={() => void draft.submit()}
        onChooseFacility={() => void commands.execute('panosc-facility:choose')}
      />
      <div className="jp-panosc-Buttons">
        {submitted === null ? (
          <button
            type="submit"
            className="jp-panosc-Button jp-mod-accept"
            aria-disabled={draft.isSubmitting}
          >
            {draft.isSubmitting ? trans.__('Submitting…') : trans.__('Submit')}
          </button>
        ) : (
          <>
            <button
              type="button"
              className="jp-panosc-Button jp-mod-accept"
              onClick={() => void commands.execute('panosc-jobs:open', { id: submitted.id })}
            >
              {trans.__('Open job')}
            </button>
            <button type="button" className="jp-panosc-Button" onClick={() => draft.again()}>
              {trans.__('Submit once more')}
            </button>
          </>
        )}
        {request !== null && script !== undefined && !preview.isStale && (
          <CopyAs commands={code => code.newJobCommands(request, script, isBatch)} />
        )}
      </div>
      <div role="status">
        {submitted === null ? '' : trans.__('%1 was submitted.', submitted.name)}
      </div>
    </div>
  );
}

/** What the job will do, as far as the form says it now: never what an older form said. */
function summaryOf({ request, preview, findings }: NewJobModel, trans: TranslationBundle): string {
  if (request === null || preview.value === null) {
    return trans.__('Fill in the form; what the job will do is then said here in one sentence.');
  }
  const summary = said(preview.value.summary, trans);
  return findings.some(({ severity }) => severity === 'error')
    ? trans.__('%1 Change what is marked below first.', summary)
    : summary;
}

function NewJob(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { draft, model, facility, commands } = props;
  useSignal(draft.changed);
  useSignal(facility.changed);
  useSignal(model.partitions.changed);
  React.useEffect(() => {
    void facility.load();
    void model.partitions.refresh();
  }, [facility, model]);
  const clusters = facility.value?.active?.clusters ?? [];
  const cluster = clusters.find(({ id }) => id === draft.form.cluster) ?? clusters[0];
  const { findings } = draft;
  const submit = async (): Promise<void> => {
    const job = await draft.submit();
    if (job !== null) {
      model.list.put(job);
      await commands.execute('panosc-jobs:open', { id: job.id });
    }
  };
  return (
    <form
      className="jp-panosc-NewJob"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
    >
      <h1>{trans.__('New job')}</h1>
      <p className="jp-panosc-NewJob-summary" aria-live="polite">
        {summaryOf(draft, trans)}
      </p>
      <ProblemBanner problem={draft.loadProblem} />
      <ProblemBanner problem={facility.problem} onRetry={() => void facility.refresh()} />
      <ProblemBanner
        problem={cluster?.features.partitions === false ? null : model.partitions.problem}
        onRetry={() => void model.partitions.refresh()}
        onChooseFacility={() => void commands.execute('panosc-facility:choose')}
      />
      <div className="jp-panosc-NewJob-middle">
        <div className="jp-panosc-NewJob-script">
          <h2>{trans.__('Script')}</h2>
          <ScriptEditor
            label={trans.__('Script')}
            value={draft.form.script}
            services={props.editors}
            onChange={script => draft.update({ script })}
          />
          <FieldFindings
            findings={findings.filter(
              ({ field }) => !OWN_FIELDS.includes(field.split('.')[0] ?? '')
            )}
          />
          <Preview draft={draft} />
        </div>
        <JobFields
          form={draft.form}
          findings={findings}
          clusters={clusters}
          partitions={model.partitions.value?.items ?? []}
          accelerators={props.accelerators}
          search={props.search}
          onChange={patch => draft.update(patch)}
          onImageDetails={ref => void commands.execute('panosc-images:open', { ref })}
        />
      </div>
      <Actions {...props} cluster={cluster} />
    </form>
  );
}

/** The content of a tab *New job*. */
export function createNewJob(props: IProps): React.ReactElement {
  return <NewJob {...props} />;
}
