# Turns the results of bench/compare into markdown. To be sourced by bash.

# report RESULTS WORKLOADS BROKERS ROUNDS: RESULTS has lines `broker workload {flat json}`.
report() {
  local cpu
  cpu=$(awk -F': ' '/^model name/ { print $2; exit }' /proc/cpuinfo)
  printf '%s, commit %s; %s cores (%s), Linux %s; .NET SDK %s' \
    "$(date -u +%F)" "$(git -C "$(dirname "$2")" rev-parse --short HEAD 2>/dev/null || echo unknown)" \
    "$(nproc)" "${cpu:-unknown}" "$(uname -r | cut -d- -f1)" "$(dotnet --version)"
  if rabbit_installed; then printf '; RabbitMQ %s' "$(rabbit_version)"; fi
  printf '. Medians of %s round(s), brokers in turn, load generator on the same cores.\n\n' "$4"
  awk -v brokers="$3" '
    function trim(text) { gsub(/^ +| +$/, "", text); return text }
    function median(key,   count, i, j, value, sorted) {
      count = counts[key]
      if (count == 0) return ""
      for (i = 1; i <= count; i++) sorted[i] = values[key, i]
      for (i = 2; i <= count; i++) {
        value = sorted[i]
        for (j = i - 1; j >= 1 && sorted[j] > value; j--) sorted[j + 1] = sorted[j]
        sorted[j + 1] = value
      }
      return count % 2 ? sorted[(count + 1) / 2] : (sorted[count / 2] + sorted[count / 2 + 1]) / 2
    }
    function of(broker, workload, field) { return median(broker SUBSEP workload SUBSEP field) }
    function group(number,   text, out) {
      text = sprintf("%.0f", number)
      for (out = ""; length(text) > 3; text = substr(text, 1, length(text) - 3)) out = "," substr(text, length(text) - 2) out
      return text out
    }
    function ms(us) { us = us / 1000; return us < 10 ? sprintf("%.2f", us) : us < 100 ? sprintf("%.1f", us) : sprintf("%.0f", us) }
    function three(broker, workload, name,   p50) {
      p50 = of(broker, workload, name "P50")
      return p50 == "" ? "" : ms(p50) " / " ms(of(broker, workload, name "P99")) " / " ms(of(broker, workload, name "P999"))
    }
    function mib(bytes) { return bytes == "" ? "" : group(bytes / 1048576) }
    function rate(broker, workload,   delivered) {
      delivered = of(broker, workload, "deliveredPerSecond")
      return delivered > 0 ? delivered : of(broker, workload, "publishedPerSecond")
    }
    function spread(broker, workload, field,   key, i, low, high) {
      key = broker SUBSEP workload SUBSEP field
      for (i = 1; i <= counts[key]; i++) {
        if (i == 1 || values[key, i] < low) low = values[key, i]
        if (i == 1 || values[key, i] > high) high = values[key, i]
      }
      return counts[key] > 1 ? " (" group(low) " - " group(high) ")" : ""
    }
    function ratio(workload, broker,   base) {
      base = rate("rabbitmq", workload)
      return broker == "ropeway" && base > 0 ? sprintf("%.1fx", rate(broker, workload) / base) : ""
    }
    FNR == NR {
      if ($0 ~ /^#/ || NF == 0) next
      split($0, column, "|")
      order[++workloadCount] = trim(column[1])
      title[trim(column[1])] = trim(column[2])
      next
    }
    {
      json = $0
      sub(/^[^{]*{/, "", json)
      sub(/}[^}]*$/, "", json)
      fields = split(json, pair, ",")
      for (i = 1; i <= fields; i++) {
        if (match(pair[i], /^"[A-Za-z0-9]+":-?[0-9.]+(E[-+]?[0-9]+)?$/)) {
          split(pair[i], side, ":")
          gsub(/"/, "", side[1])
          key = $1 SUBSEP $2 SUBSEP side[1]
          values[key, ++counts[key]] = side[2] + 0
        }
      }
    }
    END {
      brokerCount = split(brokers, all, ",")
      print "| workload | broker | msg/s (lowest - highest) | ratio | broker CPU us/msg | generator CPU us/msg | confirm p50 / p99 / p99.9 ms | delivery p50 / p99 / p99.9 ms | RSS MiB | written MiB | other load, cores |"
      print "|---|---|---|---|---|---|---|---|---|---|---|"
      for (w = 1; w <= workloadCount; w++) {
        for (b = 1; b <= brokerCount; b++) {
          name = order[w]
          who = all[b]
          if (rate(who, name) == "") continue
          field = of(who, name, "deliveredPerSecond") > 0 ? "deliveredPerSecond" : "publishedPerSecond"
          printf "| %s | %s | %s%s | %s | %.3g | %.2g | %s | %s | %s | %s | %.2f |\n", title[name], who, group(rate(who, name)), spread(who, name, field), \
            ratio(name, who), of(who, name, "brokerCpuPerMessage"), of(who, name, "generatorCpuPerMessage"), three(who, name, "confirm"), \
            three(who, name, "deliver"), mib(of(who, name, "brokerResidentBytesMax")), mib(of(who, name, "brokerWrittenBytes")), of(who, name, "otherCores")
        }
      }
      print ""
      gsub(/,/, " | ", brokers)
      print "| what else | " brokers " |"
      print "|---|" (brokerCount > 1 ? "---|" : "")
      rows = split("start startMs ms,start brokerResidentBytesMax MiB,restart startMs ms,connections perSecond /s,connections brokerResidentBytesEach KiB,queues perSecond /s,queues brokerResidentBytesEach KiB", row, ",")
      text["start startMs"] = "empty start until it listens"
      text["start brokerResidentBytesMax"] = "resident memory after it"
      text["restart startMs"] = "restart with the backlog until it listens"
      text["connections perSecond"] = "idle connections with a channel, opened one after the other"
      text["connections brokerResidentBytesEach"] = "memory of each"
      text["queues perSecond"] = "durable queues declared, 100 under way"
      text["queues brokerResidentBytesEach"] = "memory of each"
      for (r = 1; r <= rows; r++) {
        split(row[r], part, " ")
        line = "| " text[part[1] " " part[2]] " |"
        any = 0
        for (b = 1; b <= brokerCount; b++) {
          value = of(all[b], part[1], part[2])
          if (value != "") any = 1
          shown = part[3] == "MiB" ? group(value / 1048576) : part[3] == "KiB" ? sprintf("%.1f", value / 1024) : group(value)
          line = line " " (value == "" ? "" : shown " " part[3]) " |"
        }
        if (any) print line
      }
    }' "$2" "$1"
}
