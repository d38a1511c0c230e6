package dev.sluice.lake;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to a query; {@code cut} when there were more rows than were asked for. */
record SqlResult(List<String> columns, List<List<@Nullable Object>> rows, boolean cut) {

    List<Map<String, @Nullable Object>> asMaps() {
        List<Map<String, @Nullable Object>> maps = new ArrayList<>();
        for (List<@Nullable Object> row : rows) {
            Map<String, @Nullable Object> map = new LinkedHashMap<>();
            for (int i = 0; i < columns.size(); i++) {
                map.put(columns.get(i), row.get(i));
            }
            if (map.size() < columns.size()) {
                throw new LakeException("two columns of the result have the same name: give one an alias");
            }
            maps.add(map);
        }
        return maps;
    }
}
