import { addIcon, closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { FieldFindings, type IFieldFinding } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { useTrans } from '../../ui/translation.ts';
import type { IBind } from '../job-form.ts';

const MAX_BINDS = 20;

/** Folders with data that the job reads, visible inside the image too. */
export function BindsField(props: {
  readonly binds: readonly IBind[];
  readonly findings: readonly IFieldFinding[];
  readonly onChange: (binds: readonly IBind[]) => void;
}): React.ReactElement {
  const trans = useTrans();
  const { binds, onChange } = props;
  const change = (at: number, patch: Partial<IBind>): void =>
    onChange(binds.map((bind, index) => (index === at ? { ...bind, ...patch } : bind)));
  return (
    <fieldset className="jp-panosc-Field jp-panosc-Binds">
      <legend>{trans.__('Folders that the image sees')}</legend>
      {binds.map((bind, index) => (
        // Rows have no identity of their own and are only added at the end.
        <div key={index} className="jp-panosc-Bind">
          <input
            className="jp-panosc-Input"
            aria-label={trans.__('Folder %1', index + 1)}
            value={bind.path}
            maxLength={4096}
            spellCheck={false}
            onChange={event => change(index, { path: event.target.value })}
          />
          <label>
            <input
              type="checkbox"
              checked={bind.write}
              onChange={event => change(index, { write: event.target.checked })}
            />{' '}
            {trans.__('may write')}
          </label>
          <IconButton
            icon={closeIcon}
            label={trans.__('Remove folder %1', index + 1)}
            onClick={() => onChange(binds.filter((_, other) => other !== index))}
          />
        </div>
      ))}
      <button
        type="button"
        className="jp-panosc-Button"
        disabled={binds.length >= MAX_BINDS}
        onClick={() => onChange([...binds, { path: '', write: false }])}
      >
        <addIcon.react tag="span" className="jp-panosc-Icon" aria-hidden="true" />
        {trans.__('Add a folder')}
      </button>
      <FieldFindings findings={props.findings} />
    </fieldset>
  );
}
