// Which panes there are, and where, for a size of the screen. Pure.

/** The side panes that the person switched on or off. Undefined: as it fits. */
export interface Wishes {
  readonly list: boolean | undefined;
  readonly people: boolean | undefined;
}

export interface Column {
  /** From 0. */
  readonly left: number;
  readonly width: number;
}

/** Columns of the panes. If only one has room, the others are undefined. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly list: Column | undefined;
  readonly messages: Column | undefined;
  readonly people: Column | undefined;
}

/** Below this there is one pane at a time. */
export const narrowColumns = 60;
/** From this on the people are shown by default. */
export const wideColumns = 100;

const minList = 16;
const maxList = 28;
const minPeople = 14;
const maxPeople = 24;
/** The messages keep at least this beside side panes. */
const minMessages = 36;

export function layOut(columns: number, rows: number, wishes: Wishes): Layout {
  if (columns < narrowColumns) {
    const whole = { left: 0, width: columns };
    const shown = wishes.list === true ? 'list' : wishes.people === true ? 'people' : 'messages';
    return {
      columns,
      rows,
      list: shown === 'list' ? whole : undefined,
      messages: shown === 'messages' ? whole : undefined,
      people: shown === 'people' ? whole : undefined,
    };
  }
  const listWidth =
    wishes.list === false ? 0 : Math.min(maxList, Math.max(minList, Math.floor(columns / 5)));
  const isPeopleWished = wishes.people ?? columns >= wideColumns;
  const peopleWidth = Math.min(maxPeople, Math.max(minPeople, Math.floor(columns / 7)));
  const hasPeople = isPeopleWished && columns - listWidth - peopleWidth - 2 >= minMessages;
  // One column between panes is the border.
  const left = listWidth === 0 ? 0 : listWidth + 1;
  const right = hasPeople ? columns - peopleWidth : columns;
  return {
    columns,
    rows,
    list: listWidth === 0 ? undefined : { left: 0, width: listWidth },
    messages: { left, width: right - left - (hasPeople ? 1 : 0) },
    people: hasPeople ? { left: right, width: peopleWidth } : undefined,
  };
}
