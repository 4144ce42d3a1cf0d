import * as React from 'react';
import type { Problem } from '../../contract/problem.ts';
import { ProblemBanner } from '../../ui/problem-banner.tsx';
import type { ITransferActions } from '../actions.ts';

/** Why what a person asked of a transfer was not done. */
export function FailureBanner(props: {
  readonly problem: Problem | null;
  readonly actions: ITransferActions;
  readonly onDismiss: () => void;
}): React.ReactElement {
  return (
    <ProblemBanner
      problem={props.problem}
      onChooseFacility={() => {
        props.onDismiss();
        props.actions.chooseFacility();
      }}
      onDismiss={props.onDismiss}
    />
  );
}
