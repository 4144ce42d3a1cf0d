import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { TransferPlan } from '../../contract/transfers.ts';
import { formatBytes, formatCount } from '../../ui/bytes.ts';
import { formatDuration } from '../../ui/time.ts';
import { said } from '../../ui/said.ts';
import { useTrans } from '../../ui/translation.ts';

/** How it will end, as far as that can be known before the start. */
function checksumsText(plan: TransferPlan, trans: TranslationBundle): string {
  if (plan.checksums === null) {
    return trans.__(
      'No checksums are published for these files: it will end "as sent", complete but not verified.'
    );
  }
  const checksums = said(plan.checksums, trans);
  return plan.checksumsFound === 'there'
    ? trans.__('Verified with %1; where there is none, it ends "as sent".', checksums)
    : trans.__(
        'The store could not be asked for %1 now: with it the pull ends verified, without it "as sent".',
        checksums
      );
}

/** What is in the folder already of the files that were looked at. */
function hereText(plan: TransferPlan, trans: TranslationBundle): string | null {
  const { here } = plan;
  if (here === null || here.files === 0) {
    return null;
  }
  const part =
    plan.files !== null && plan.files > here.looked
      ? trans.__('%1 of the first %2 files', formatCount(here.files), formatCount(here.looked))
      : trans.__('%1 of %2 files', formatCount(here.files), formatCount(here.looked));
  return plan.checksums === null
    ? trans.__(
        '%1 are here already by name and size (%2). Without checksums, a file is taken for the same only where an earlier pull left it and nothing changed since.',
        part,
        formatBytes(here.bytes)
      )
    : trans.__(
        '%1 are here already by name and size (%2): what agrees with its checksum is not fetched again.',
        part,
        formatBytes(here.bytes)
      );
}

/** What keeps the pull from its end; read out at once. */
function Warning(props: { readonly children: string }): React.ReactElement {
  return (
    <li className="jp-mod-problem">
      <span role="alert">{props.children}</span>
    </li>
  );
}

/** What a pull would do: space, time, checksums, and what happens when the session ends. */
export function PlanFacts(props: {
  readonly plan: TransferPlan;
  /** The target as people write it. */
  readonly folder: string;
}): React.ReactElement {
  const trans = useTrans();
  const { plan } = props;
  const here = hereText(plan, trans);
  return (
    <ul className="jp-panosc-Plan">
      {plan.refusal !== null && <Warning>{said(plan.refusal, trans)}</Warning>}
      {plan.needsSignIn && (
        <Warning>{trans.__('You need to sign in first; the pull starts when you have.')}</Warning>
      )}
      <li>
        {trans.__(
          '%1 in %2 files to %3',
          formatBytes(plan.bytes),
          formatCount(plan.files),
          props.folder
        )}
      </li>
      {plan.fits === false ? (
        <Warning>
          {trans.__(
            '⚠ It does not fit: %1 are free there and %2 are needed. Choose another folder, or fewer files.',
            formatBytes(plan.freeBytes),
            formatBytes(plan.bytes)
          )}
        </Warning>
      ) : (
        <li>
          {plan.freeAfterBytes === null
            ? trans.__('How much will be free after is not known.')
            : trans.__('%1 free after', formatBytes(plan.freeAfterBytes))}
        </li>
      )}
      {here !== null && <li>{here}</li>}
      {plan.here !== null && plan.here.others > 0 && (
        <Warning>
          {trans._n(
            '⚠ %1 file with the same name and another size is in the way. It is not replaced: move it, or choose another folder.',
            '⚠ %1 files with the same names and other sizes are in the way. They are not replaced: move them, or choose another folder.',
            plan.here.others
          )}
        </Warning>
      )}
      {plan.seconds !== 0 && (
        <li>
          {plan.seconds === null
            ? trans.__('How long it takes shows once it runs: nothing was measured from there yet.')
            : trans.__('About %1', formatDuration(plan.seconds, trans))}
        </li>
      )}
      <li>{checksumsText(plan, trans)}</li>
      <li>{said(plan.afterSession, trans)}</li>
    </ul>
  );
}
