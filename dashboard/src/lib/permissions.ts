/** Who is here and what that person may do; the API decides, this only says so beforehand. */
import { useQuery } from "@tanstack/react-query";
import { unwrap, api } from "../api/client";
import type { Role } from "../api/types";
import { text } from "../messages/common";

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

export function hasRole(role: Role | undefined, needed: Role): boolean {
  return role !== undefined && RANK[role] >= RANK[needed];
}

export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: () => unwrap(api.GET("/api/me")), staleTime: Infinity });
}

/** Whether the person may, and if not the reason that a disabled button shows. */
export function usePermission(needed: Role): { allowed: boolean; reason: string } {
  const { data } = useMe();
  const allowed = hasRole(data?.role, needed);
  return { allowed, reason: allowed || !data ? "" : text.role.needs(needed, data.role) };
}
