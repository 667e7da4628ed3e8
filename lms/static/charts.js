// Draws every [data-chart] element with ECharts; only pages with charts load it.
// Data: {type: "line" | "bar" | "stacked", labels: [...], series: [{name, data: [...]}],
//        unit, min, max, target, horizontal}
// Legend and tooltip are ours: ECharts' own are built from inline styles, which
// the CSP refuses (and the simple build leaves them out).
(() => {
  "use strict";
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });

  // Custom properties hold light-dark(); only a real property gives the final colour.
  const probe = document.createElement("span");
  probe.hidden = true;
  const colour = (name) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };

  const show = (value, data) =>
    value === null || value === undefined ? "–" : number.format(value) + (data.unit ?? "");

  const option = (data) => {
    const ink = colour("ink-2");
    const line = colour("line");
    const stacked = data.type === "stacked";
    const category = {
      type: "category",
      data: data.labels,
      boundaryGap: data.type !== "line",
      inverse: Boolean(data.horizontal), // the first label on top, as in the table
      axisLine: { lineStyle: { color: line } },
      axisTick: { show: false },
      axisLabel: { color: ink, fontSize: 12, hideOverlap: true },
    };
    const value = {
      type: "value",
      min: data.min,
      max: data.max,
      splitNumber: 4,
      axisLabel: { color: ink, fontSize: 12, formatter: (v) => number.format(v) + (data.unit ?? "") },
      splitLine: { lineStyle: { color: line } },
    };
    const series = data.series.map((one, i) => ({
      name: one.name,
      type: data.type === "line" ? "line" : "bar",
      data: one.data,
      stack: stacked ? "all" : undefined,
      color: colour(`series-${(i % 6) + 1}`),
      barMaxWidth: 28,
      symbol: "circle",
      symbolSize: 7,
      lineStyle: { width: 2.5 },
      itemStyle: stacked
        ? { borderColor: colour("surface"), borderWidth: 1 }
        : { borderRadius: data.type === "line" ? 0 : data.horizontal ? [0, 4, 4, 0] : [4, 4, 0, 0] },
    }));
    if (data.target !== undefined && data.target !== null) {
      series.push({
        name: data.target_label ?? "",
        type: "line",
        data: data.labels.map(() => data.target),
        color: colour("ink-2"),
        symbol: "none",
        lineStyle: { width: 1.5, type: "dashed" },
        silent: true,
      });
    }
    return {
      animation: !still,
      animationDuration: 300,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
      xAxis: data.horizontal ? value : category,
      yAxis: data.horizontal ? category : value,
      series,
    };
  };

  const legendOf = (entries) => {
    const list = document.createElement("ul");
    list.className = "keys";
    entries.forEach(([name, value], i) => {
      const item = document.createElement("li");
      item.className = `seg-${(i % 6) + 1}`;
      item.append(name);
      if (value !== undefined) {
        const strong = document.createElement("b");
        strong.textContent = value;
        item.append(" ", strong);
      }
      list.append(item);
    });
    return list;
  };

  const tooltip = (area, chart, data) => {
    const tip = document.createElement("div");
    tip.className = "plot-tip";
    tip.hidden = true;
    area.append(tip);
    const zr = chart.getZr();
    zr.on("globalout", () => { tip.hidden = true; });
    zr.on("mousemove", ({ offsetX: x, offsetY: y }) => {
      const inside = chart.containPixel("grid", [x, y]);
      const at = inside ? chart.convertFromPixel("grid", [x, y])[data.horizontal ? 1 : 0] : -1;
      tip.hidden = !inside || data.labels[at] === undefined;
      if (tip.hidden) return;
      tip.replaceChildren(data.labels[at], legendOf(data.series.map((s) => [s.name, show(s.data[at], data)])));
      // Beside the pointer, on the side with room.
      const left = x + 16 + tip.offsetWidth > area.clientWidth ? x - 16 - tip.offsetWidth : x + 16;
      tip.style.left = `${Math.max(0, left)}px`;
      tip.style.top = `${Math.max(0, Math.min(y - 12, area.clientHeight - tip.offsetHeight))}px`;
    });
  };

  const read = async (figure) => {
    if (figure.dataset.chartUrl) {
      const answer = await fetch(figure.dataset.chartUrl, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`chart data: ${answer.status}`);
      return answer.json();
    }
    return JSON.parse(figure.querySelector("script[type='application/json']").textContent);
  };

  const draw = async (figure) => {
    figure.dataset.chart = "drawn";
    const area = figure.querySelector(".plot-area");
    try {
      const data = await read(figure);
      const chart = window.echarts.init(area, null, { renderer: "canvas" });
      chart.setOption(option(data));
      const legend = legendOf(data.series.length > 1 ? data.series.map((s) => [s.name]) : []);
      if (data.target_label) {
        const item = document.createElement("li");
        item.className = "key-target";
        item.textContent = data.target_label;
        legend.append(item);
      }
      if (legend.children.length) area.after(legend);
      tooltip(area, chart, data);
      new ResizeObserver(() => chart.resize()).observe(area);
      document.addEventListener("themechange", () => chart.setOption(option(data)));
    } catch (error) {
      // The table below the chart still has every figure.
      figure.dataset.chart = "failed";
      figure.querySelector("details")?.setAttribute("open", "");
      area.hidden = true;
      console.error(error);
    }
  };

  const drawAll = () => document.querySelectorAll("[data-chart='']").forEach(draw);
  document.body.append(probe);
  drawAll();
  document.addEventListener("htmx:after:swap", drawAll);
})();
