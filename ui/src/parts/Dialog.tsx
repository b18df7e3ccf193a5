// Questions that are answered before anything else: forms, and what cannot be undone.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { T } from "../text";

interface DialogProps {
  title: string;
  close: () => void;
  children: ComponentChildren;
}

export function Dialog({ title, close, children }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  return (
    <dialog ref={element} aria-label={title} onClose={close}>
      <h2>{title}</h2>
      {children}
    </dialog>
  );
}

export interface Field {
  name: string;
  label: string;
  kind?: "text" | "password" | "number" | "area" | "check" | "choice";
  choices?: string[];
  value?: string;
  hint?: string;
  isOptional?: boolean;
}

export type Told = Record<string, string>;

interface FormProps {
  fields: Field[];
  submit: string;
  /** True when it is done. */
  send: (told: Told) => Promise<boolean>;
  cancel?: () => void;
  children?: ComponentChildren;
}

/** A check tells "true" or "". */
export function Form({ fields, submit, send, cancel, children }: FormProps) {
  const [isSending, setSending] = useState(false);
  const sent = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault();
    const told: Told = {};
    for (const [name, value] of new FormData(event.currentTarget)) told[name] = String(value);
    setSending(true);
    await send(told).finally(() => setSending(false));
  };
  return (
    <form onSubmit={sent}>
      {fields.map((each) => (
        <Input key={each.name} field={each} />
      ))}
      {children}
      <div class="buttons">
        {cancel ? <button type="button" onClick={cancel}>{T.cancel}</button> : null}
        <button type="submit" class="first" disabled={isSending}>{submit}</button>
      </div>
    </form>
  );
}

function Input({ field }: { field: Field }) {
  const { name, label, hint, kind = "text" } = field;
  if (kind === "check") {
    return (
      <label class="choice">
        <input type="checkbox" name={name} value="true" defaultChecked={field.value === "true"} />
        {label}
      </label>
    );
  }
  return (
    <label class="field">
      <span>{label}</span>
      <Control field={field} kind={kind} />
      {hint ? <small>{hint}</small> : null}
    </label>
  );
}

function Control({ field, kind }: { field: Field; kind: Field["kind"] }) {
  const { name, value } = field;
  const isRequired = !field.isOptional;
  if (kind === "choice") {
    return (
      <select name={name}>
        {field.choices?.map((each) => (
          <option key={each} value={each} selected={each === value}>{each}</option>
        ))}
      </select>
    );
  }
  if (kind === "area") return <textarea name={name} rows={4} defaultValue={value} required={isRequired} />;
  const more = { name, defaultValue: value, required: isRequired };
  if (kind === "number") return <input type="number" {...more} />;
  if (kind === "password") return <input type="password" {...more} autocomplete="off" />;
  return <input type="text" {...more} autocomplete="off" />;
}

interface AskingProps {
  /** What the button says. */
  label: string;
  title: string;
  fields: Field[];
  send: (told: Told) => Promise<boolean>;
  isFirst?: boolean;
}

/** A button, and the form that it opens. */
export function FormButton({ label, title, fields, send, isFirst = false }: AskingProps) {
  const [isOpen, setOpen] = useState(false);
  const done = async (told: Told) => {
    const isDone = await send(told);
    if (isDone) setOpen(false);
    return isDone;
  };
  return (
    <>
      <button type="button" class={isFirst ? "first" : undefined} onClick={() => setOpen(true)}>{label}</button>
      {isOpen ? (
        <Dialog title={title} close={() => setOpen(false)}>
          <Form fields={fields} submit={label} send={done} cancel={() => setOpen(false)} />
        </Dialog>
      ) : null}
    </>
  );
}

interface ConfirmProps {
  label: string;
  /** What becomes of what. */
  question: string;
  act: () => Promise<unknown>;
}

/** A button for what cannot be undone: it asks first. */
export function ConfirmButton({ label, question, act }: ConfirmProps) {
  const [isOpen, setOpen] = useState(false);
  const sure = async () => {
    setOpen(false);
    await act();
  };
  return (
    <>
      <button type="button" class="danger" onClick={() => setOpen(true)}>{label}</button>
      {isOpen ? (
        <Dialog title={question} close={() => setOpen(false)}>
          <p class="quiet">{T.noWayBack}</p>
          <div class="buttons">
            <button type="button" onClick={() => setOpen(false)}>{T.cancel}</button>
            <button type="button" class="danger first" onClick={sure}>{label}</button>
          </div>
        </Dialog>
      ) : null}
    </>
  );
}
