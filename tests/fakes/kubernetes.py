"""A Kubernetes API on loopback, over TLS: workloads and their controllers, autoscalers, optimistic locks.

As in Kubernetes, every write increases `resourceVersion`, a changed `spec` increases `generation`, and a new
pod template creates or reuses a ReplicaSet or ControllerRevision.
"""

import copy
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cloudops.adapters.kubernetes.workload import TEMPLATE_HASH_LABEL

Tree = dict[str, Any]
"""An object of the API (Any: JSON)."""

APPS = "/apis/apps/v1/namespaces/shop"
AUTOSCALING = "/apis/autoscaling/v2/namespaces/shop"
REVISION = "deployment.kubernetes.io/revision"


class Cluster:
    """The state of a cluster.

    `objects` are by path. `requests` lists method and path in order, `tokens` the bearer tokens. `refusal` is
    the response to every request if set. `settles` is whether rollouts end. `between` runs once, after a
    patch is received and before it is applied.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Tree] = {}
        self.requests: list[str] = []
        self.tokens: set[str] = set()
        self.refusal: tuple[int, str] | None = None
        self.settles = True
        self.between: Callable[[], object] | None = None
        self._version = 100

    def deploy(self, kind: str, name: str, image: str) -> Tree:
        """Applies a workload, or another version, as an operator does."""
        path = f"{APPS}/{kind}s/{name}".lower()
        template = {
            "metadata": {"labels": {"app": name}},
            "spec": {"containers": [{"name": "web", "image": image}]},
        }
        if path in self.objects:
            return self._write(path, {**self.objects[path]["spec"], "template": template})
        self.objects[path] = {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {
                "name": name,
                "namespace": "shop",
                "uid": f"uid-{name}",
                "generation": 0,
                "annotations": {},
            },
            "spec": {},
            "status": {},
        }
        selector = {"matchLabels": {"app": name}}
        return self._write(path, {"replicas": 2, "selector": selector, "template": template})

    def scale(self, kind: str, name: str, replicas: int) -> None:
        """Sets the replicas, as an operator does."""
        path = f"{APPS}/{kind}s/{name}".lower()
        self._write(path, {**self.objects[path]["spec"], "replicas": replicas})

    def scale_by_itself(self, kind: str, name: str, least: int, most: int) -> None:
        """Creates a HorizontalPodAutoscaler for a workload."""
        self.objects[f"{AUTOSCALING}/horizontalpodautoscalers/{name}"] = {
            "metadata": {
                "name": name,
                "namespace": "shop",
                "uid": f"uid-{name}",
                "resourceVersion": self._next(),
            },
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind, "name": name},
                "minReplicas": least,
                "maxReplicas": most,
            },
        }

    def least(self, name: str) -> int:
        """Returns the minimum of an autoscaler."""
        return int(self.objects[f"{AUTOSCALING}/horizontalpodautoscalers/{name}"]["spec"]["minReplicas"])

    def get(self, path: str) -> Tree | None:
        """Returns the object at a path, its scale subresource, a list of the objects directly below, or
        None."""
        if path in self.objects:
            return self.objects[path]
        parent, _, leaf = path.rpartition("/")
        if leaf == "scale" and parent in self.objects:
            metadata, spec = self.objects[parent]["metadata"], self.objects[parent]["spec"]
            return {"kind": "Scale", "metadata": metadata, "spec": {"replicas": spec["replicas"]}}
        if path.rpartition("/")[2].endswith("s") and path.count("/") in (6, 5):
            below = [one for at, one in self.objects.items() if at.rpartition("/")[0] == path]
            return {"kind": "List", "items": below}
        return None

    def patch(self, path: str, content_type: str, body: Any) -> tuple[int, Tree]:
        """Applies one of the three kinds of patch; a stale resourceVersion is a conflict."""
        if self.between is not None:
            act, self.between = self.between, None
            act()
        scaled = path.endswith("/scale")
        path = path.removesuffix("/scale")
        if path not in self.objects:
            return 404, {"message": "not found"}
        here = self.objects[path]
        if "json-patch" in content_type:
            values = {one["path"]: one["value"] for one in body}
            version, spec = values["/metadata/resourceVersion"], {"template": values["/spec/template"]}
        else:
            version, spec = body["metadata"].get("resourceVersion"), body["spec"]
        if version is not None and version != here["metadata"]["resourceVersion"]:
            return 409, {"message": "the object has been modified"}
        if scaled and set(spec) != {"replicas"}:
            return 422, {"message": "a scale has replicas"}
        after = _merged(here["spec"], spec) if "json-patch" not in content_type else {**here["spec"], **spec}
        return 200, self._write(path, after)

    def _write(self, path: str, spec: Tree) -> Tree:
        found = self.objects[path]
        metadata = found["metadata"]
        if spec != found["spec"]:
            metadata["generation"] = metadata.get("generation", 0) + 1
        found["spec"] = copy.deepcopy(spec)
        metadata["resourceVersion"] = self._next()
        if "template" in spec:
            self._control(found)
        return found

    def _control(self, workload: Tree) -> None:
        """Does the work of the workload's controller."""
        name, owner = workload["metadata"]["name"], workload["metadata"]["uid"]
        template = workload["spec"]["template"]
        collection = "replicasets" if workload["kind"] == "Deployment" else "controllerrevisions"
        owned = [one for at, one in self.objects.items() if at.startswith(f"{APPS}/{collection}/{name}-")]
        newest = 1 + max((_number(one) for one in owned), default=0)
        for one in owned:
            if _template(one) == template:
                if _number(one) != newest - 1:
                    _renumber(one, newest)
                break
        else:
            revision = _revision(collection, f"{name}-{newest}", owner, template, self._now())
            self.objects[f"{APPS}/{collection}/{name}-{newest}"] = revision
            _renumber(revision, newest)
        if self.settles:
            count = workload["spec"]["replicas"]
            workload["status"] = {
                "observedGeneration": workload["metadata"]["generation"],
                "replicas": count,
                "updatedReplicas": count,
                "readyReplicas": count,
            }

    def _next(self) -> str:
        self._version += 1
        return str(self._version)

    def _now(self) -> str:
        """A minute later with every write."""
        return f"2026-01-01T{self._version // 60:02}:{self._version % 60:02}:00Z"


def _revision(collection: str, name: str, owner: str, template: Tree, now: str) -> Tree:
    metadata: Tree = {"name": name, "ownerReferences": [{"uid": owner}], "annotations": {}}
    metadata["creationTimestamp"] = now
    if collection == "replicasets":
        hashed = copy.deepcopy(template)
        hashed["metadata"].setdefault("labels", {})[TEMPLATE_HASH_LABEL] = name
        return {"kind": "ReplicaSet", "metadata": metadata, "spec": {"template": hashed}}
    data = {"spec": {"template": {**copy.deepcopy(template), "$patch": "replace"}}}
    return {"kind": "ControllerRevision", "metadata": metadata, "data": data}


def _template(revision: Tree) -> Tree:
    template: Tree = copy.deepcopy((revision.get("data") or revision)["spec"]["template"])
    template.pop("$patch", None)
    template["metadata"].get("labels", {}).pop(TEMPLATE_HASH_LABEL, None)
    return template


def _number(revision: Tree) -> int:
    return int(revision.get("revision") or revision["metadata"]["annotations"].get(REVISION, 0))


def _renumber(revision: Tree, number: int) -> None:
    """A ReplicaSet that is used again keeps its earlier numbers in an annotation."""
    if revision["kind"] == "ControllerRevision":
        revision["revision"] = number
        return
    annotations = revision["metadata"]["annotations"]
    if before := annotations.get(REVISION):
        annotations[f"{REVISION}-history"] = ",".join(
            filter(None, (annotations.get(f"{REVISION}-history"), before))
        )
    annotations[REVISION] = str(number)


def _merged(here: Any, change: Any) -> Any:
    """Returns the result of a JSON merge patch, RFC 7396."""
    if not isinstance(change, dict) or not isinstance(here, dict):
        return copy.deepcopy(change)
    merged = copy.deepcopy(here)
    for key, value in change.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merged(merged.get(key, {}), value)
    return merged


@contextmanager
def serving(cluster: Cluster, certificate: Path, key: Path) -> Iterator[str]:
    """Serves the cluster's API, and yields its URL."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # else a body waits 40 ms for the acknowledgment of its head

        def do_GET(self) -> None:
            self._answer()

        do_PATCH = do_GET  # noqa: N815

        def log_message(self, *_: Any) -> None:
            return

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            raw = self.rfile.read(int(self.headers.get("content-length") or 0))
            cluster.requests.append(f"{self.command} {parts.path}")
            cluster.tokens.add(self.headers.get("authorization", "").removeprefix("Bearer "))
            status, body = self._found(parts.path, parse_qs(unquote(parts.query)), raw)
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _found(self, path: str, query: dict[str, list[str]], raw: bytes) -> tuple[int, Tree]:
            if cluster.refusal is not None:
                status, message = cluster.refusal
                return status, {"kind": "Status", "message": message}
            if self.command == "PATCH":
                return cluster.patch(path, self.headers["content-type"], json.loads(raw))
            found = cluster.get(path)
            return (200, found) if found is not None else (404, {"message": f"{path} not found"})

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
