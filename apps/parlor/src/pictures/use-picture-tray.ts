import { useState } from "react";
import { ROOM_LIMITS } from "../../shared/room-limits.ts";
import { type Picture, readPicture } from "./read-picture.ts";

export interface PictureTray {
  pictures: readonly Picture[];
  /** Sentences about the files that were not taken last time. */
  problems: readonly string[];
  add(files: Iterable<File>): void;
  remove(picture: Picture): void;
  clear(): void;
}

/** Pictures that wait in the composer until they are sent: read, checked and known to be readable. */
export function usePictureTray(): PictureTray {
  const [pictures, setPictures] = useState<readonly Picture[]>([]);
  const [problems, setProblems] = useState<readonly string[]>([]);

  async function addAll(files: File[]): Promise<void> {
    const max = ROOM_LIMITS.stagedPicturesMax;
    const results = await Promise.allSettled(files.slice(0, max).map(readPicture));
    const read = results.filter((result) => result.status === "fulfilled").map(({ value }) => value);
    const failed = results
      .filter((result) => result.status === "rejected")
      .map(({ reason }) => sentence(reason));
    const left = pictures.length + read.length + files.slice(max).length > max;
    setPictures((staged) => [...staged, ...read].slice(0, max));
    setProblems(
      left ? [...failed, `Only ${max} pictures fit into one message; the others were left out.`] : failed,
    );
  }

  return {
    pictures,
    problems,
    add: (files) => void addAll([...files]),
    remove: (picture) => setPictures((staged) => staged.filter((other) => other !== picture)),
    clear() {
      setPictures([]);
      setProblems([]);
    },
  };
}

function sentence(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
