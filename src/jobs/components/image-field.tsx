import { closeIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { lastingRef, type ImageSearch } from '../../images/tokens.ts';
import { Breakable } from '../../ui/breakable.tsx';
import { Field, type IFieldControl, type IFieldFinding } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { formatBytes } from '../../ui/bytes.ts';
import { said } from '../../ui/said.ts';
import { useTrans } from '../../ui/translation.ts';
import { useSignal } from '../../ui/use-signal.ts';

interface IProps {
  readonly search: ImageSearch;
  /** `REPO:PATH`, or '' for none. */
  readonly image: string;
  readonly findings: readonly IFieldFinding[];
  readonly onChange: (image: string) => void;
  readonly onDetails: (image: string) => void;
}

/** Words for the list when it has no rows. */
function useStatusText(search: ImageSearch): string {
  const trans = useTrans();
  if (search.problem !== null) {
    return said(search.problem.detail, trans);
  }
  if (search.items.length > 0) {
    return trans._n(
      '%1 image, arrows to choose',
      '%1 images, arrows to choose',
      search.items.length
    );
  }
  if (search.isLoading || !search.isLoaded) {
    return trans.__('Searching…');
  }
  return (
    said(search.lastPage?.problems[0]?.detail, trans) ?? trans.__('No image has that in its name.')
  );
}

/** Search as you type with a list below: the combobox of WAI-ARIA 1.2. */
function Picker(props: IProps & { readonly control: IFieldControl }): React.ReactElement {
  const trans = useTrans();
  const { search, control, onChange } = props;
  useSignal(search.changed);
  const [isOpen, setIsOpen] = React.useState(false);
  const [active, setActive] = React.useState(-1);
  const status = useStatusText(search);
  const listId = `${control.id}-list`;
  const choose = (index: number): void => {
    const image = search.items[index];
    // What was typed whole is as good as what was picked.
    const typed = search.text.trim();
    if (image !== undefined) {
      onChange(lastingRef(image));
    } else if (/^[\w.-]+:\/?\S/.test(typed)) {
      onChange(typed);
    }
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const last = search.items.length - 1;
    if (event.key === 'ArrowDown') {
      setIsOpen(true);
      setActive(Math.min(last, active + 1));
    } else if (event.key === 'ArrowUp') {
      setActive(Math.max(-1, active - 1));
    } else if (event.key === 'Enter') {
      choose(active);
    } else if (event.key === 'Escape' && isOpen) {
      setIsOpen(false);
      event.stopPropagation();
    } else {
      return;
    }
    event.preventDefault();
  };
  return (
    <div className="jp-panosc-Picker" onBlur={() => setIsOpen(false)}>
      <input
        {...control}
        className="jp-panosc-Input"
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen && active >= 0 ? `${listId}-${active}` : undefined}
        placeholder={trans.__('None. Type to search')}
        maxLength={2000}
        spellCheck={false}
        autoComplete="off"
        value={search.text}
        onFocus={() => {
          setIsOpen(true);
          if (!search.isLoaded) {
            search.run();
          }
        }}
        onChange={event => {
          setIsOpen(true);
          setActive(-1);
          search.type(event.target.value);
        }}
        onKeyDown={onKeyDown}
      />
      <div className="jp-panosc-Picker-list" hidden={!isOpen}>
        <div id={listId} role="listbox" aria-label={trans.__('Images')}>
          {search.items.map((image, index) => (
            // The input keeps the focus and hears the keys.
            // eslint-disable-next-line jsx-a11y/click-events-have-key-events
            <div
              key={image.ref}
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              className="jp-panosc-Picker-option"
              title={image.ref}
              onMouseDown={event => event.preventDefault()}
              onClick={() => choose(index)}
            >
              <span>
                {image.name} {image.version ?? ''}
                {image.linkTo !== null && ` → ${image.linkTo}`}
              </span>
              <span>{formatBytes(image.sizeBytes)}</span>
            </div>
          ))}
        </div>
        <div className="jp-panosc-Picker-status" role="status">
          {status}
        </div>
      </div>
    </div>
  );
}

/** Which image the script runs in: searched in the facility's verified repositories. */
export function ImageField(props: IProps): React.ReactElement {
  const trans = useTrans();
  const { image } = props;
  return (
    <Field
      label={trans.__('Image')}
      findings={props.findings}
      hint={
        image === ''
          ? trans.__('Software to run in. Without one the job uses what the cluster has.')
          : undefined
      }
    >
      {control =>
        image === '' ? (
          <Picker {...props} control={control} />
        ) : (
          <div className="jp-panosc-Chosen">
            <output id={control.id} aria-describedby={control['aria-describedby']} title={image}>
              <Breakable path={image} />
            </output>
            <button
              type="button"
              className="jp-panosc-Button jp-panosc-LinkButton"
              onClick={() => props.onDetails(image)}
            >
              {trans.__('Details')}
            </button>
            <IconButton
              icon={closeIcon}
              label={trans.__('Run without this image')}
              onClick={() => props.onChange('')}
            />
          </div>
        )
      }
    </Field>
  );
}
