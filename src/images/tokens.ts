import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { Image, ImagePage } from '../contract/images.ts';
import type { Problem } from '../contract/problem.ts';

/** A search for images as one types. */
export interface IImageSearch {
  readonly text: string;
  readonly items: readonly Image[];
  /** Repositories that could not be listed, each with its sentence. */
  readonly troubles: ImagePage['problems'];
  /** What is known about the repositories that were listed. */
  readonly repositories: ImagePage['repositories'];
  readonly hasMore: boolean;
  /** At least one answer has come: an empty list now means that nothing was found. */
  readonly hasAnswer: boolean;
  readonly isLoading: boolean;
  readonly problem: Problem | null;
  readonly changed: ISignal<IImageSearch, void>;
  /** The person types: searches after a pause. */
  type(text: string): void;
  /** Searches now. */
  run(): void;
  /** Loads the next page, once. */
  more(): void;
  /** Gives up what is under way. */
  stop(): void;
  dispose(): void;
}

/** Finds images in the facility's repositories. */
export interface IImages {
  /** A new search that answers with pages of `rows`. The code is loaded when first wanted. */
  createSearch(rows: number): Promise<IImageSearch>;
}

export const IImages = new Token<IImages>(
  'jupyterlab-panosc:IImages',
  "Finds images in the facility's repositories."
);
