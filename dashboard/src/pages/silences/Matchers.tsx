import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Autosuggest from "@cloudscape-design/components/autosuggest";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import { silences as said } from "../../messages/silences";
import { FIELDS, isOperator, type Matcher, NO_MATCHER, OPERATORS } from "./silenceForm";

const { fields } = said;
const NAMES = FIELDS.map((value) => ({ value }));
const SIGNS = OPERATORS.map((value) => ({ value, label: said.operators[value] }));

/** The conditions of a silence, one a row. */
export function Matchers({ matchers, put }: { matchers: readonly Matcher[]; put: (after: Matcher[]) => void }) {
  const change = (index: number, part: Partial<Matcher>) =>
    put(matchers.map((one, at) => (at === index ? { ...one, ...part } : one)));
  return (
    <AttributeEditor
      items={matchers}
      addButtonText={fields.add}
      removeButtonText={fields.remove}
      onAddButtonClick={() => put([...matchers, NO_MATCHER])}
      onRemoveButtonClick={({ detail }) => put(matchers.filter((_, at) => at !== detail.itemIndex))}
      isItemRemovable={() => matchers.length > 1}
      definition={[
        {
          label: fields.field,
          control: (one, index) => (
            <Autosuggest
              value={one.field}
              options={NAMES}
              enteredTextLabel={(value) => value}
              ariaLabel={fields.field}
              onChange={({ detail }) => change(index, { field: detail.value })}
            />
          ),
        },
        {
          label: fields.operator,
          control: (one, index) => (
            <Select
              options={SIGNS}
              selectedOption={SIGNS.find(({ value }) => value === one.operator) ?? null}
              onChange={({ detail: { selectedOption } }) => {
                if (isOperator(selectedOption.value)) change(index, { operator: selectedOption.value });
              }}
            />
          ),
        },
        {
          label: fields.value,
          control: (one, index) => (
            <Input value={one.value} ariaLabel={fields.value} onChange={({ detail }) => change(index, { value: detail.value })} />
          ),
        },
      ]}
    />
  );
}
