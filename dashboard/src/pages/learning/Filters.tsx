import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { text, humanize } from "../../messages/common";
import { learning } from "../../messages/learning";
import { ACTIONS, type Filter, SYMPTOMS, toAddress } from "./filter";

const { filters: said, any } = learning;
const ANY = { value: "", label: any };
const BY_SYMPTOM = [ANY, ...SYMPTOMS.map((value) => ({ value, label: humanize(value) }))];
const BY_ACTION = [ANY, ...ACTIONS.map((value) => ({ value, label: text.action(value) }))];

export function Filters({ filter, put }: { filter: Filter; put: (address: URLSearchParams) => void }) {
  return (
    <SpaceBetween direction="horizontal" size="s">
      <FormField label={said.symptom}>
        <Select
          options={BY_SYMPTOM}
          selectedOption={BY_SYMPTOM.find(({ value }) => value === (filter.symptom ?? "")) ?? ANY}
          onChange={({ detail }) => put(toAddress({ ...filter, symptom: SYMPTOMS.find((one) => one === detail.selectedOption.value) }))}
        />
      </FormField>
      <FormField label={said.action}>
        <Select
          options={BY_ACTION}
          selectedOption={BY_ACTION.find(({ value }) => value === (filter.action ?? "")) ?? ANY}
          onChange={({ detail }) => put(toAddress({ ...filter, action: ACTIONS.find((one) => one === detail.selectedOption.value) }))}
        />
      </FormField>
      <FormField label={said.service}>
        <Input
          type="search"
          value={filter.service ?? ""}
          placeholder={said.serviceHint}
          onChange={({ detail }) => put(toAddress({ ...filter, service: detail.value }))}
        />
      </FormField>
    </SpaceBetween>
  );
}
