"""Alerts in languages other than English."""

import pytest

from tests.analysis.cases import described, symptom_and_action


@pytest.mark.parametrize(
    ("title", "message", "expected"),
    [
        ("CPU使用率が90%を超えています", "注文サービス", ("saturation_cpu", "scale_service")),
        ("ディスク使用率 95%", "db01 の空き容量が少ない", ("disk", "noop")),
        ("コンテナがOOMで強制終了", "checkout", ("oom", "restart_pods")),
        ("服务不可用:checkout", "健康检查失败", ("availability", "restart_pods")),
        ("服务响应时间过长", "P99 3 秒", ("latency", "scale_service")),
        ("消息积压", "队列 orders", ("queue_backlog", "scale_service")),
        ("Fehlerrate zu hoch: checkout", "5xx-Fehler über 5 %", ("error_rate", "rollback")),
        ("Festplatte fast voll", "Speicherplatz unter 5 %", ("disk", "noop")),
        ("Shop nicht erreichbar", "", ("availability", "restart_pods")),
        ("Uso de memoria alto en checkout", "El contenedor usa 95%", ("saturation_memory", "restart_pods")),
        ("Servicio caído: pagos", "no responde", ("availability", "restart_pods")),
        ("Latência alta no serviço", "p99 acima de 2s", ("latency", "scale_service")),
        ("Certificat expire dans 5 jours", "www.example.fr", ("certificate", "noop")),
        ("Service de paiement indisponible", "", ("availability", "restart_pods")),
        ("Certificato in scadenza tra 7 giorni", "shop.example.it", ("certificate", "noop")),
        ("Pagina pagamenti non raggiungibile", "", ("availability", "restart_pods")),
        ("Coda spedizioni oltre 4000 messaggi", "", ("queue_backlog", "scale_service")),
        ("Betaalpagina reageert niet", "", ("availability", "restart_pods")),
        ("Schijf bijna vol op db-4", "", ("disk", "noop")),
        ("주문 API 오류 급증", "", ("error_rate", "rollback")),
        ("검색 응답 시간 3초 초과", "", ("latency", "scale_service")),
        ("Очередь писем растёт", "", ("queue_backlog", "scale_service")),
        ("Корзина: высокая задержка", "p99 выше трёх секунд", ("latency", "scale_service")),
        ("Место на диске заканчивается", "", ("disk", "noop")),
        ("Koszyk nie odpowiada", "", ("availability", "restart_pods")),
        ("Ödeme servisinde gecikme", "", ("latency", "scale_service")),
    ],
)
def test_common_words_of_other_languages_are_known(
    title: str, message: str, expected: tuple[str, str]
) -> None:
    assert symptom_and_action(described(title, message)) == expected
