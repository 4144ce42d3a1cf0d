import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { IAccelerators } from '../../accelerators/tokens.ts';
import type { Facility } from '../../contract/facility.ts';
import type { JobRequest, Partition } from '../../contract/jobs.ts';
import type { ImageSearch } from '../../images/tokens.ts';
import { Field } from '../../ui/field.tsx';
import { formatDuration } from '../../ui/time.ts';
import { useTrans } from '../../ui/translation.ts';
import type { Finding, IJobForm } from '../job-form.ts';
import { formatMemory, parseMemory } from '../memory-size.ts';
import { isMinutesAndSeconds, parseTimeLimit } from '../time-limit.ts';
import { BindsField } from './binds-field.tsx';
import { GpuField } from './gpu-field.tsx';
import { ImageField } from './image-field.tsx';

/** One cluster as the facility offers it. */
export type Cluster = NonNullable<Facility['active']>['clusters'][number];

/** What a cluster does not offer, so that nobody looks for it. */
function limitsOf(cluster: Cluster, trans: TranslationBundle): readonly string[] {
  return [
    ...(cluster.features.batch
      ? []
      : [
          trans.__(
            'It runs on this machine, without a scheduler: GPUs and partitions are chosen on a cluster.'
          )
        ]),
    ...(cluster.features.survivesSession
      ? []
      : [trans.__('It runs only while this Jupyter server runs.')])
  ];
}

/** What the form is made of. */
export interface IJobFieldsProps {
  readonly form: IJobForm;
  readonly findings: readonly Finding[];
  readonly clusters: readonly Cluster[];
  readonly partitions: readonly Partition[];
  readonly accelerators: IAccelerators;
  readonly search: ImageSearch;
  readonly onChange: (patch: Partial<IJobForm>) => void;
  readonly onImageDetails: (image: string) => void;
}

/** Fields that are one line of text. */
type TextField = 'name' | 'workdir' | 'result' | 'comment' | 'account' | 'time' | 'cpus' | 'memory';

function TextInput(
  props: IJobFieldsProps & {
    readonly name: TextField;
    readonly wire: keyof JobRequest;
    readonly label: string;
    readonly hint?: string | undefined;
    readonly placeholder?: string;
  }
): React.ReactElement {
  const { form, name, wire } = props;
  return (
    <Field
      label={props.label}
      hint={props.hint}
      findings={props.findings.filter(({ field }) => field === wire)}
    >
      {control => (
        <input
          {...control}
          className="jp-panosc-Input"
          value={form[name]}
          maxLength={4096}
          spellCheck={name === 'comment'}
          placeholder={props.placeholder}
          onChange={event => props.onChange({ [name]: event.target.value })}
        />
      )}
    </Field>
  );
}

function Place(
  props: IJobFieldsProps & { readonly cluster: Cluster | undefined }
): React.ReactElement {
  const trans = useTrans();
  const { form, clusters, cluster, findings, onChange } = props;
  const partitions = props.partitions.filter(
    partition => cluster === undefined || partition.cluster === cluster.id
  );
  const standard = partitions.find(partition => partition.isDefault);
  const said = cluster === undefined ? [] : limitsOf(cluster, trans);
  return (
    <>
      {clusters.length > 1 && (
        <Field
          label={trans.__('Where it runs')}
          findings={findings.filter(({ field }) => field === 'cluster')}
        >
          {control => (
            <select
              {...control}
              className="jp-panosc-Input"
              value={cluster?.id ?? ''}
              onChange={event => onChange({ cluster: event.target.value, partition: '' })}
            >
              {clusters.map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {said.length > 0 && <p className="jp-panosc-Field-hint">{said.join(' ')}</p>}
      {cluster?.features.partitions !== false && (
        <Field
          label={trans.__('Partition')}
          findings={findings.filter(({ field }) => field === 'partition')}
        >
          {control => (
            <select
              {...control}
              className="jp-panosc-Input"
              value={form.partition}
              onChange={event => onChange({ partition: event.target.value })}
            >
              <option value="">
                {standard === undefined
                  ? trans.__('The cluster chooses')
                  : trans.__('Standard (%1)', standard.name)}
              </option>
              {partitions.map(partition => (
                <option key={partition.name} value={partition.name} disabled={!partition.isUp}>
                  {partition.isUp ? partition.name : trans.__('%1 (down)', partition.name)}
                </option>
              ))}
              {form.partition !== '' &&
                !partitions.some(partition => partition.name === form.partition) && (
                  <option value={form.partition}>{form.partition}</option>
                )}
            </select>
          )}
        </Field>
      )}
    </>
  );
}

/** How a time was read, so that no figure means one thing here and another to the scheduler. */
function understood(written: string, minutes: number, trans: TranslationBundle): string {
  const time = formatDuration(minutes * 60, trans);
  return isMinutesAndSeconds(written)
    ? trans.__('That is %1: minutes and seconds, as sbatch reads it. Write 2 h for hours.', time)
    : trans.__('That is %1.', time);
}

/** Time, CPUs and memory, each with how it was understood. */
function Resources(
  props: IJobFieldsProps & { readonly cluster: Cluster | undefined }
): React.ReactElement {
  const trans = useTrans();
  const { form, partitions, cluster } = props;
  const partition = partitions.find(
    ({ name, cluster: of, isDefault }) =>
      (cluster === undefined || of === cluster.id) &&
      (form.partition === '' ? isDefault : name === form.partition)
  );
  const minutes = parseTimeLimit(form.time);
  const megabytes = parseMemory(form.memory);
  const most = partition?.maxMinutes ?? null;
  const timeHint = [
    minutes === null ? null : understood(form.time, minutes, trans),
    most === null ? null : trans.__('At most %1 here.', formatDuration(most * 60, trans))
  ].filter(text => text !== null);
  const memoryHint = [
    // Nothing is said twice.
    megabytes === null || formatMemory(megabytes) === form.memory.trim()
      ? null
      : trans.__('That is %1.', formatMemory(megabytes)),
    partition?.maxMemoryMB == null
      ? null
      : trans.__('One machine has %1.', formatMemory(partition.maxMemoryMB))
  ].filter(text => text !== null);
  return (
    <>
      <TextInput
        {...props}
        name="time"
        wire="timeMinutes"
        label={trans.__('Time limit')}
        hint={timeHint.join(' ')}
        placeholder={trans.__('such as 90 min, 2 h or 1-00:00')}
      />
      <div className="jp-panosc-FieldPair">
        <TextInput
          {...props}
          name="cpus"
          wire="cpus"
          label={trans.__('CPUs')}
          placeholder="1"
          hint={
            partition?.maxCpusPerNode == null
              ? undefined
              : trans.__('One machine has %1.', partition.maxCpusPerNode)
          }
        />
        <TextInput
          {...props}
          name="memory"
          wire="memoryMB"
          label={trans.__('Memory')}
          placeholder={trans.__('such as 16 GB')}
          hint={memoryHint.join(' ')}
        />
      </div>
      {cluster?.features.accelerators !== false && (
        <GpuField
          accelerators={props.accelerators}
          form={{ ...form, cluster: cluster?.id ?? '' }}
          findings={props.findings.filter(({ field }) => field.startsWith('gpus'))}
          onChange={props.onChange}
        />
      )}
    </>
  );
}

/** The form beside the script. */
export function JobFields(props: IJobFieldsProps): React.ReactElement {
  const trans = useTrans();
  const { form, clusters, findings, onChange } = props;
  const cluster = clusters.find(({ id }) => id === form.cluster) ?? clusters[0];
  const of = (field: keyof JobRequest): readonly Finding[] =>
    findings.filter(finding => finding.field.split('.')[0] === field);
  return (
    <div className="jp-panosc-JobFields">
      <TextInput {...props} name="name" wire="name" label={trans.__('Name')} />
      <TextInput
        {...props}
        name="workdir"
        wire="workdir"
        label={trans.__('Folder')}
        hint={trans.__('It runs here, and its log goes here.')}
      />
      <Place {...props} cluster={cluster} />
      <Resources {...props} cluster={cluster} />
      {cluster?.features.images !== false && (
        <ImageField
          search={props.search}
          image={form.image}
          findings={of('image')}
          onChange={image => onChange({ image })}
          onDetails={props.onImageDetails}
        />
      )}
      {form.image !== '' || form.binds.length > 0 ? (
        <BindsField
          binds={form.binds}
          findings={of('binds')}
          onChange={binds => onChange({ binds })}
        />
      ) : null}
      <TextInput
        {...props}
        name="result"
        wire="result"
        label={trans.__('Result file')}
        hint={trans.__('A picture or table that the script writes; opened by "Open result".')}
        placeholder={trans.__('such as result.png')}
      />
      <details className="jp-panosc-Details">
        <summary>{trans.__('More')}</summary>
        <TextInput {...props} name="account" wire="account" label={trans.__('Account')} />
        <TextInput {...props} name="comment" wire="comment" label={trans.__('Your comment')} />
      </details>
    </div>
  );
}
