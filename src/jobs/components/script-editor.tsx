import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';
import { useTrans } from '../../ui/translation.ts';

interface IProps {
  readonly value: string;
  readonly onChange: (script: string) => void;
  readonly label: string;
  /** Lab's own editor; without it a plain text area does the same work. */
  readonly services: IEditorServices | null;
}

function LabEditor(props: IProps & { readonly services: IEditorServices }): React.ReactElement {
  const trans = useTrans();
  const { value, label, services } = props;
  const host = React.useRef<HTMLDivElement>(null);
  const editor = React.useRef<CodeEditor.IEditor | null>(null);
  const onChange = React.useRef(props.onChange);
  const first = React.useRef(value);
  React.useEffect(() => {
    onChange.current = props.onChange;
  });
  React.useEffect(() => {
    if (host.current === null) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType: 'text/x-sh' });
    model.sharedModel.setSource(first.current);
    const made = services.factoryService.newInlineEditor({
      host: host.current,
      model,
      config: { lineNumbers: true, lineWrap: true }
    });
    const tell = (): void => onChange.current(model.sharedModel.getSource());
    model.sharedModel.changed.connect(tell);
    editor.current = made;
    const content = host.current.querySelector('[role="textbox"]');
    content?.setAttribute('aria-label', label);
    return () => {
      model.sharedModel.changed.disconnect(tell);
      editor.current = null;
      made.dispose();
      model.dispose();
    };
  }, [services, label]);
  React.useEffect(() => {
    const shared = editor.current?.model.sharedModel;
    if (shared !== undefined && shared.getSource() !== value) {
      shared.setSource(value);
    }
  }, [value]);
  return (
    <>
      <div className="jp-panosc-ScriptEditor" ref={host} />
      <div className="jp-panosc-Field-hint">{trans.__('Escape, then Tab leaves the editor.')}</div>
    </>
  );
}

/** The same for a Lab without editor services, and for tests. */
function PlainEditor(props: IProps): React.ReactElement {
  return (
    <textarea
      className="jp-panosc-Input jp-panosc-ScriptArea"
      aria-label={props.label}
      value={props.value}
      rows={16}
      maxLength={1_000_000}
      spellCheck={false}
      wrap="off"
      onChange={event => props.onChange(event.target.value)}
    />
  );
}

/** Where the script is written. */
export function ScriptEditor(props: IProps): React.ReactElement {
  return props.services === null ? (
    <PlainEditor {...props} />
  ) : (
    <LabEditor {...props} services={props.services} />
  );
}
