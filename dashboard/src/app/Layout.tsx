import AppLayout from "@cloudscape-design/components/app-layout-toolbar";
import Flashbar from "@cloudscape-design/components/flashbar";
import SideNavigation, { type SideNavigationProps } from "@cloudscape-design/components/side-navigation";
import TopNavigation from "@cloudscape-design/components/top-navigation";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { usePathname, useNavigate } from "../lib/navigation";
import { signOut } from "../signin/signIn";
import { useMe } from "../lib/permissions";
import { text } from "../messages/common";
import { useConnection } from "../lib/connection";
import { useKillSwitch } from "../lib/killSwitch";
import { useNotifications } from "../lib/notifications";
import { chooseTheme, useTheme } from "../lib/theme";
import { useDocumentTitle } from "../lib/documentTitle";

const KillSwitchModal = lazy(() => import("./KillSwitchModal"));

const NAVIGATION: SideNavigationProps.Item[] = [
  section(text.navigation.operate, [
    [text.navigation.incidents, "/"],
    [text.navigation.executions, "/executions"],
    [text.navigation.silences, "/silences"],
  ]),
  section(text.navigation.understand, [
    [text.navigation.services, "/services"],
    [text.navigation.learning, "/learning"],
    [text.navigation.sources, "/sources"],
  ]),
  section(text.navigation.record, [
    [text.navigation.audit, "/audit"],
    [text.navigation.quarantine, "/quarantine"],
  ]),
];

function section(name: string, pages: [string, string][]): SideNavigationProps.Section {
  return { type: "section", text: name, items: pages.map(([page, href]) => ({ type: "link", text: page, href })) };
}

/** The name of a page of the navigation; the others give themselves their own. */
function titleOf(path: string): string | undefined {
  const page = NAVIGATION.flatMap((one) => (one.type === "section" ? one.items : [])).find(
    (one) => "href" in one && one.href === path,
  );
  return page && "text" in page ? page.text : undefined;
}

/** Every page stands in this: the top bar with the kill switch, the pages at the side, the news. */
export function Layout({ children }: { children: ReactNode }) {
  const navigate = useNavigate();
  const pathname = usePathname();
  const { data: me } = useMe();
  const theme = useTheme();
  const killSwitch = useKillSwitch();
  const [switching, setSwitching] = useState(false);
  const lost = useConnection();
  const news = useNotifications();
  const here = NAVIGATION.flatMap((one) => (one.type === "section" ? one.items : []))
    .map((one) => ("href" in one ? one.href : ""))
    .filter((href) => href !== "/" && pathname.startsWith(href))[0];

  useDocumentTitle(titleOf(pathname));

  return (
    <>
      <div id="top">
        <TopNavigation
          identity={{
            href: "/",
            title: text.product,
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
              onClick: () => setSwitching(true),
            },
            {
              type: "menu-dropdown",
              iconName: "user-profile",
              text: me?.name,
              ariaLabel: text.top.account(me?.name),
              description: me ? `${me.name}, ${me.role}` : undefined,
              items: [
                { id: "theme", text: theme === "dark" ? text.top.light : text.top.dark, iconName: "settings" },
                { id: "sign-out", text: text.top.signOut },
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
            activeHref={here ?? "/"}
            items={NAVIGATION}
            onFollow={(event) => {
              event.preventDefault();
              navigate(event.detail.href);
            }}
          />
        }
        ariaLabels={{
          navigation: text.navigation.label,
          navigationToggle: text.navigation.show,
          navigationClose: text.navigation.hide,
          notifications: text.top.news,
        }}
        notifications={
          <Flashbar
            stackItems
            items={[
              ...(lost
                ? [{ type: "warning" as const, id: "lost", header: text.connection.lost, content: text.connection.body }]
                : []),
              ...news,
            ]}
          />
        }
        content={children}
        contentType="default"
      />
      {switching && (
        <Suspense>
          <KillSwitchModal close={() => setSwitching(false)} />
        </Suspense>
      )}
    </>
  );
}
