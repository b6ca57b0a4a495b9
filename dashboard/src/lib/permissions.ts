/** What the signed-in person may do. The API decides; the dashboard only disables what the API would refuse. */
import { useQuery } from "@tanstack/react-query";
import { api, unwrap } from "../api/client";
import type { Role } from "../api/types";
import { common } from "../messages/common";

const RANK: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

export interface Permission {
  allowed: boolean;
  /** Why not; "" if allowed, or while the person's role is loading. */
  reason: string;
}

export function useMe() {
  return useQuery({ queryKey: ["me"], queryFn: () => unwrap(api.GET("/api/me")), staleTime: Infinity });
}

/** Whether the person has the required role or a higher one. */
export function usePermission(required: Role): Permission {
  const { data: me } = useMe();
  if (!me) return { allowed: false, reason: "" };
  const allowed = RANK[me.role] >= RANK[required];
  return { allowed, reason: allowed ? "" : common.requiresRole(required, me.role) };
}
