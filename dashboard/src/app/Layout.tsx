import AppLayout from "@cloudscape-design/components/app-layout-toolbar";
import Flashbar, { type FlashbarProps } from "@cloudscape-design/components/flashbar";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useAutomation } from "../api/queries";
import { useReachable } from "../api/reachability";
import { useDocumentTitle, useNavigate, usePathname } from "../lib/navigation";
import { useNotifications } from "../lib/notifications";
import { useMe } from "../lib/permissions";
import { chooseTheme, useTheme } from "../lib/theme";
import { common } from "../messages/common";
import { shellMessages as messages } from "../messages/shell";
import { signOut } from "../signin/signIn";

const KillSwitchModal = lazy(() => import("./KillSwitchModal"));

const NAVIGATION: SideNavigationProps.Section[] = [
  navigationSection(messages.navigation.operate, [
    [messages.navigation.incidents, "/"],
    [messages.navigation.executions, "/executions"],
    [messages.navigation.silences, "/silences"],
  ]),
  navigationSection(messages.navigation.understand, [
    [messages.navigation.services, "/services"],
    [messages.navigation.learning, "/learning"],
    [messages.navigation.sources, "/sources"],
  ]),
  navigationSection(messages.navigation.review, [
    [messages.navigation.audit, "/audit"],
    [messages.navigation.quarantine, "/quarantine"],
  ]),
];

function navigationSection(text: string, pages: [label: string, path: string][]): SideNavigationProps.Section {
  return { type: "section", text, items: pages.map(([label, path]) => ({ type: "link", text: label, href: path })) };
}

const LINKS = NAVIGATION.flatMap(({ items }) => items).filter((item) => item.type === "link");

const CONNECTION_LOST: FlashbarProps.MessageDefinition = {
  type: "warning",
  id: "connection-lost",
  header: messages.connectionLost.title,
  content: messages.connectionLost.body,
};

/** The label and the kind of the kill switch's button. */
function killSwitchState(enabled: boolean | undefined): { label: string; isStopped: boolean } {
  if (enabled === undefined) return { label: messages.killSwitch.unknown, isStopped: false };
  return { label: enabled ? messages.killSwitch.on : messages.killSwitch.stopped, isStopped: !enabled };
}

/** The frame of every page: top bar with the kill switch, navigation, notifications. */
export function Layout({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const pathname = usePathname();
  const { data: me } = useMe();
  const { data: automation } = useAutomation();
  const killSwitch = killSwitchState(automation?.enabled);
  const [isKillSwitchOpen, setKillSwitchOpen] = useState(false);
  const theme = useTheme();
  const isReachable = useReachable();
  const notifications = useNotifications();
  const section = LINKS.find(({ href }) => href !== "/" && pathname.startsWith(href));

  // Pages that are not in the navigation set their own title.
  useDocumentTitle(LINKS.find(({ href }) => href === pathname)?.text);

  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{
            href: "/",
            title: common.product,
            onFollow: (event) => {
              event.preventDefault();
              navigate("/");
            },
          }}
          utilities={[
            {
              type: "button",
              iconName: killSwitch.isStopped ? "status-stopped" : "status-positive",
              text: killSwitch.label,
              ariaLabel: killSwitch.label,
              disableUtilityCollapse: true,
              onClick: () => setKillSwitchOpen(true),
            },
            {
              type: "menu-dropdown",
              iconName: "user-profile",
              text: me?.name,
              ariaLabel: messages.topBar.account(me?.name),
              description: me ? `${me.name}, ${me.grants.join(", ")}` : undefined,
              items: [
                { id: "theme", text: theme === "dark" ? messages.topBar.lightTheme : messages.topBar.darkTheme, iconName: "settings" },
                { id: "sign-out", text: messages.topBar.signOut },
              ],
              onItemClick: ({ detail }) => {
                if (detail.id === "theme") chooseTheme(theme === "dark" ? "light" : "dark");
                else void signOut();
              },
            },
          ]}
        />
      </div>
      <AppLayout
        headerSelector="#top"
        toolsHide
        navigationWidth={220}
        navigation={
          <SideNavigation
            activeHref={section?.href ?? "/"}
            items={NAVIGATION}
            onFollow={(event) => {
              event.preventDefault();
              navigate(event.detail.href);
            }}
          />
        }
        ariaLabels={{
          navigation: messages.navigation.label,
          navigationToggle: messages.navigation.show,
          navigationClose: messages.navigation.hide,
          notifications: messages.topBar.notifications,
        }}
        notifications={
          <Flashbar
            stackItems
            items={[
              ...(isReachable ? [] : [CONNECTION_LOST]),
              ...notifications,
            ]}
          />
        }
        content={children}
        contentType="default"
      />
      {isKillSwitchOpen && (
        <Suspense>
          <KillSwitchModal close={() => setKillSwitchOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
