import * as React from 'react';
import type { IAccelerators, IGpuChoice } from '../../accelerators/tokens.ts';
import { Field, type IFieldFinding } from '../../ui/field.tsx';
import { said } from '../../ui/said.ts';
import { useTrans } from '../../ui/translation.ts';
import { CopyAs } from '../../ui/copy-as.tsx';
import { useSignal } from '../../ui/use-signal.ts';
import type { IJobForm } from '../job-form.ts';

const NONE = '-';

interface IProps {
  readonly accelerators: IAccelerators;
  readonly form: IJobForm;
  readonly findings: readonly IFieldFinding[];
  readonly onChange: (patch: Partial<IJobForm>) => void;
}

function useWords(): (choice: IGpuChoice) => string {
  const trans = useTrans();
  return choice =>
    choice.free === null
      ? trans.__('%1 — %2 in all, free not known', choice.type, choice.total)
      : trans.__('%1 — %2 of %3 free', choice.type, choice.free, choice.total);
}

/** GPU type and count, from what the cluster really has. */
export function GpuField(props: IProps): React.ReactElement {
  const trans = useTrans();
  const words = useWords();
  const { accelerators, form, onChange } = props;
  useSignal(accelerators.changed);
  React.useEffect(() => {
    void accelerators.refresh();
  }, [accelerators]);
  const choices = accelerators.choices(form.cluster || undefined, form.partition || undefined);
  const chosen = choices.find(({ type }) => type === form.gpuType);
  const isGone = form.hasGpu && form.gpuType !== '' && chosen === undefined;
  const hint =
    chosen === undefined
      ? choices.length === 0 && accelerators.value !== null
        ? (said(accelerators.value.note, trans) ?? trans.__('No GPU is known here.'))
        : undefined
      : trans.__('One machine has at most %1 of them.', chosen.perNode);
  return (
    <>
      <Field
        label={trans.__('GPU')}
        hint={said(accelerators.problem?.detail, trans) ?? hint}
        findings={props.findings}
      >
        {control => (
          <div className="jp-panosc-GpuField">
            <select
              {...control}
              className="jp-panosc-Input"
              value={form.hasGpu ? form.gpuType : NONE}
              onChange={event =>
                onChange(
                  event.target.value === NONE
                    ? { hasGpu: false, gpuType: '' }
                    : { hasGpu: true, gpuType: event.target.value }
                )
              }
            >
              <option value={NONE}>{trans.__('No GPU')}</option>
              {(choices.length > 0 || (form.hasGpu && form.gpuType === '')) && (
                <option value="">{trans.__('Any type')}</option>
              )}
              {choices.map(choice => (
                <option key={choice.type} value={choice.type}>
                  {words(choice)}
                </option>
              ))}
              {isGone && <option value={form.gpuType}>{form.gpuType}</option>}
            </select>
            {form.hasGpu && (
              <input
                className="jp-panosc-Input"
                aria-label={trans.__('How many GPUs')}
                type="number"
                min={1}
                max={1000}
                value={form.gpuCount}
                onChange={event => onChange({ gpuCount: event.target.value })}
              />
            )}
          </div>
        )}
      </Field>
      <div className="jp-panosc-Buttons">
        <CopyAs
          label={trans.__('Copy list of GPUs as')}
          commands={code => code.gpuCommands(true)}
        />
      </div>
    </>
  );
}
