"""Writes the bad label files under tests/bad/labels, the bad value systems under tests/bad/values, each with its expected
status and a part of its sentence, and the seeds of tests/fuzz/fuzz_labels.c. Python 3.11, standard library only. Run
from the repository's root:

    python3 tests/golden/gen/bad_labels.py

A label file's ending is its format. The value system is that of tests/unit/labels_fixture.h: security, power,
self-direction. The first byte of a seed picks the reader: '0' to '7' for the label formats, 'v' for a value system."""

import json
import os

FORMATS = ['jsonl', 'csv', 'label-studio', 'doccano', 'prodigy', 'argilla', 'crowd-kit', 'mace']


class Folder:
    def __init__(self, name):
        self.path = os.path.join('tests', 'bad', name)
        self.lines = ['# file, status, part of the sentence']
        os.makedirs(self.path, exist_ok=True)

    def add(self, name, content, status, part):
        with open(os.path.join(self.path, name), 'wb') as f:
            f.write(content if isinstance(content, bytes) else content.encode())
        self.lines.append(f'{name}\t{status}\t{part}')

    def close(self):
        with open(os.path.join(self.path, 'expected.tsv'), 'w', encoding='utf-8') as f:
            f.write('\n'.join(self.lines) + '\n')


def line(drop=None, **changes):
    row = {'id': 'a', 'scenario': 'S', 'response': 'R', 'value': 'power', 'label': 'adheres', 'annotator': 'anna'}
    row.update(changes)
    if drop is not None:
        del row[drop]
    return json.dumps(row, ensure_ascii=False) + '\n'


def own(f):
    good = line(id='g')
    f.add('good.jsonl', good, 'ok', '')
    f.add('empty.jsonl', '', 'format', 'empty.jsonl:1: the file is empty')
    f.add('blank.jsonl', '\n \n\r\n', 'format', ':1: the file is empty')
    f.add('unknown_value.jsonl', good + line(value='safety'), 'format', ':2: there is no value "safety" in three')
    f.add('unknown_value_in_map.jsonl', good + '{"id":"a","response":"R","values":{"safety":1}}', 'format',
          ':2: there is no value "safety" in three')
    f.add('no_id.jsonl', good + good + line('id'), 'format', 'no_id.jsonl:3: "id" is missing')
    f.add('null_id.jsonl', line(id=None), 'format', ':1: "id" is missing')
    f.add('empty_id.jsonl', line(id=''), 'format', ':1: the id is empty')
    f.add('id_list.jsonl', line(id=[]), 'format', '"id" is neither a string nor a whole number')
    f.add('id_fraction.jsonl', line(id=1.5), 'format', '"id" is neither a string nor a whole number')
    f.add('id_long.jsonl', line(id='x' * 201), 'limit', 'has more than 200 bytes')
    f.add('id_control.jsonl', line(id='x\ny'), 'format', 'the id "x?y" holds a control character')
    f.add('no_response.jsonl', good + line('response'), 'format', ':2: "response" is missing')
    f.add('no_text.jsonl', line(scenario='', response=''), 'format', ':1: item "a" has no text')
    f.add('response_number.jsonl', line(response=7), 'format', '"response" is not a string')
    f.add('no_value.jsonl', line('value'), 'format', ':1: "value" is missing')
    f.add('no_label.jsonl', line('label'), 'format', ':1: "label" is missing')
    f.add('value_number.jsonl', line(value=1), 'format', '"value" is not a string')
    f.add('label_word.jsonl', good + line(label='Adheres'), 'format',
          ':2: the label "Adheres" is none of adheres, opposes, unrelated, skip')
    f.add('label_null.jsonl', line(label=None), 'format', ':1: the label for power is none of adheres')
    f.add('label_two.jsonl', line(label=2), 'format', ':1: the label for power is none of adheres')
    f.add('label_half.jsonl', line(label=0.5), 'format', ':1: the label for power is none of adheres')
    f.add('label_control.jsonl', line(label='a\u0001\n' + '\u00e4' * 40), 'format', 'the label "a??')
    f.add('map_label.jsonl', '{"id":"a","response":"R","values":{"power":true}}', 'format', ':1: the label for power is none of')
    f.add('map_list.jsonl', '{"id":"a","response":"R","values":["power"]}', 'format', '"values" is not an object')
    f.add('map_twice.jsonl', '{"id":"a","response":"R","values":{"power":1,"power":-1}}', 'format',
          ':1: key "power" twice')
    f.add('map_and_value.jsonl', line(values={}), 'format', 'both "values" and "value"')
    f.add('misspelt.jsonl', '{"id":"a","response":"R","lable":"adheres"}', 'format', 'but "lable" is')
    f.add('annotator_empty.jsonl', line(annotator=''), 'format', ':1: the annotator is empty')
    f.add('annotator_list.jsonl', line(annotator=['anna']), 'format', '"annotator" is neither')
    f.add('note_number.jsonl', line(note=1), 'format', '"note" is not a string')
    f.add('time_word.jsonl', line(time='yesterday'), 'format', 'the time "yesterday" is neither')
    f.add('time_month.jsonl', line(time='2026-13-01T00:00:00Z'), 'format', 'is neither seconds since 1970 nor')
    f.add('time_zone.jsonl', line(time='2026-12-01T00:00:00+1'), 'format', 'is neither seconds since 1970 nor')
    f.add('time_minus.jsonl', line(time=-1), 'format', '"time" is no time in seconds since 1970')
    f.add('time_far.jsonl', line(time=1e300), 'format', '"time" is no time in seconds since 1970')
    f.add('contradiction.jsonl', line() + good + line(label='opposes'), 'format',
          ':3: anna says opposes of "a" for power, but adheres at contradiction.jsonl:1')
    f.add('contradicting_map.jsonl', '{"id":"a","response":"R","annotator":"z","values":{}}\n'
          + line(scenario='', annotator='z'), 'format', ':2: z says adheres of "a" for power, but unrelated at')
    f.add('two_texts.jsonl', line() + line(annotator='b', response='other'), 'format',
          ':2: the text of "a" is not that of two_texts.jsonl:1')
    f.add('two_scenarios.jsonl', line() + line(annotator='b', scenario='other'), 'format', ':2: the text of "a"')
    f.add('two_sources.jsonl', line(model='m') + line(annotator='b', model='n'), 'format', ':2: the source of "a"')
    f.add('latin1.jsonl', good.encode() + line(response='T\u00fcr').encode('latin-1'), 'format',
          ':2: byte 44 of the line, 0xFC, is not UTF-8')
    f.add('utf16.jsonl', b'\xff\xfe' + good.encode('utf-16-le'), 'format', ':1: the file is UTF-16')
    f.add('nul.jsonl', good.encode() + b'\0', 'format', ':2: byte 1 of the line is NUL')
    f.add('surrogate.jsonl', '{"id":"a","response":"\\ud800"}', 'format', ':1: not valid JSON')
    f.add('overlong.jsonl', b'{"id":"a","response":"\xc0\xaf"}', 'format', 'is not UTF-8')
    f.add('cut.jsonl', good + line()[:-9], 'format', ':2: not valid JSON')
    f.add('not_json.jsonl', 'id,annotator\n', 'format', ':1: not valid JSON')
    f.add('number.jsonl', '1\n', 'format', ':1: expected a JSON object')
    f.add('two_a_line.jsonl', '{} {}\n', 'format', ':1: not valid JSON')


def csv(f):
    head = 'item_id,annotator,value,label\n'
    f.add('empty.csv', '', 'format', ':1: the file is empty')
    f.add('no_column.csv', 'item_id,annotator,label\n', 'format', ':1: there is no column "value"')
    f.add('column_twice.csv', 'item_id,annotator,value,label,label\n', 'format', ':1: the column "label" stands twice')
    f.add('short.csv', head + 'a,anna,power,1\na,anna,power\n', 'format', ':3: the line has 3 fields, the header 4')
    f.add('long.csv', head + 'a,anna,power,1,2\n', 'format', ':2: the line has 5 fields, the header 4')
    f.add('open_quote.csv', head + 'a,"anna,power,1\n\n\n', 'format', ':2: a quote is not closed')
    f.add('behind_quote.csv', head + '"a"b,anna,power,1\n', 'format', ':2: text stands behind a closing quote')
    f.add('inner_quote.csv', head + 'a"b,anna,power,1\n', 'format', ':2: a quote stands inside a plain field')
    f.add('no_text.csv', head + '"a\r\nb",anna,power,1\n', 'format', 'holds a control character')
    f.add('unknown_value.csv', head + '\n\na,anna,safety,1\n', 'format', ':4: there is no value "safety"')
    f.add('label.csv', head + 'a,anna,power,yes\n', 'format', ':2: the label "yes" is none')
    f.add('empty_label.csv', head + 'a,anna,power,\n', 'format', ':2: the label "" is none')
    f.add('empty_item.csv', head + ',anna,power,1\n', 'format', ':2: the id is empty')
    f.add('empty_annotator.csv', head + 'a,,power,1\n', 'format', ':2: the annotator is empty')
    f.add('time.csv', head.replace('label', 'label,time') + 'a,anna,power,1,soon\n', 'format', ':2: the time "soon"')
    f.add('contradiction.csv', head + 'a,anna,power,1\na,anna,power,0\n', 'format',
          ':3: anna says unrelated of "a" for power, but adheres at contradiction.csv:2')
    f.add('lost.csv', head + 'a,anna,power,1\n', 'format', ':2: no file holds the text of "a"')
    f.add('latin1.csv', head.encode() + 'a,J\u00f6rg,power,1\n'.encode('latin-1'), 'format', ':2: byte 4 of the line, 0xF6')
    f.add('many.csv', ','.join(['x'] * 10001) + '\n', 'limit', ':1: more than 10000 fields')
    f.add('no_colon.crowd-kit', 'task,worker,label\na,w,1\n', 'format', ':2: "a" is not an item and a value')
    f.add('value.crowd-kit', 'task,worker,label\na:safety,w,1\n', 'format', ':2: there is no value "safety"')
    f.add('column.crowd-kit', 'task,label\n', 'format', ':1: there is no column "worker"')
    f.add('bare.mace', 'adheres,opposes\n', 'format', ':1: the first line is not "item" and the annotators')
    f.add('alone.mace', 'item\n', 'format', ':1: the first line is not "item" and the annotators')
    f.add('label.mace', 'item,w\na:power,2\n', 'format', ':2: the label "2" is none')
    f.add('short.mace', 'item,v,w\na:power,1\n', 'format', ':2: the line has 2 fields, the header 3')
    f.add('same_name.mace', 'item,w,w\na:power,1,0\n', 'format', ':2: w says adheres of "a" for power, but unrelated')


def task(choices, **more):
    return {'id': 1, 'data': {'text': 'T'}, 'annotations': [{'completed_by': 2, 'result': [
        {'from_name': 'power', 'type': 'choices', 'value': {'choices': choices}}], **more}]}


def tools(f):
    def tasks(*items):
        return '[\n' + ',\n'.join(json.dumps(t) for t in items) + '\n]\n'
    good = task(['adheres'])
    f.add('good.label-studio', tasks(good), 'ok', '')
    f.add('nothing.label-studio', '[ ]', 'ok', '')
    f.add('open.label-studio', tasks(good)[:-3], 'format', 'the list does not end with the file')
    f.add('comma.label-studio', '[' + json.dumps(good) + ',\n]', 'format', ':2: not valid JSON')
    f.add('behind.label-studio', tasks(good) + '[]', 'format', ':4: something stands behind the end of the list')
    f.add('broken.label-studio', '[\n{"id": 1,\n "data": {"text": "T"},\n "annotations": }]', 'format', ':4: not valid JSON')
    f.add('no_text.label-studio', tasks(good, {'id': 3, 'data': {}}), 'format', ':3: "response" is missing')
    f.add('no_id.label-studio', tasks({'data': {'text': 'T'}}), 'format', ':2: "id" is missing')
    f.add('number.label-studio', '[1]', 'format', ':1: expected a JSON object')
    f.add('two_choices.label-studio', tasks(task(['adheres', 'opposes'])), 'format', '"choices" of power is not a list of one')
    f.add('choice.label-studio', tasks(good, task(['yes'])), 'format', ':3: the label "yes" is none')
    f.add('control.label-studio', json.dumps(good).replace('power', 'rating'), 'format', ':1: there is no value "rating"')
    f.add('result.label-studio', tasks({**good, 'annotations': [{'completed_by': 1}]}), 'format', '"result" is not a list')
    f.add('annotations.label-studio', tasks({**good, 'annotations': {}}), 'format', '"annotations" is not a list')
    f.add('annotation.label-studio', tasks({**good, 'annotations': [1]}), 'format', 'an annotation is not an object')
    f.add('created.label-studio', tasks(task(['adheres'], created_at='now')), 'format', ':2: the time "now"')
    f.add('no_label.doccano', '{"id":1,"text":"T"}', 'format', ':1: "label" is not a list')
    f.add('span.doccano', '{"id":1,"text":"T","label":[[0,1,"power:adheres"]]}', 'format', ':1: a label is not a string')
    f.add('bare.doccano', '{"id":1,"text":"T","label":["adheres"]}', 'format', '"adheres" is not a value and a label')
    f.add('value.doccano', '{"id":1,"text":"T","label":["safety:adheres"]}', 'format', ':1: there is no value "safety"')
    f.add('long_value.doccano', '{"id":1,"text":"T","label":["%s:adheres"]}' % ('x' * 99), 'format', 'there is no value "xxx')
    f.add('both.doccano', '{"id":1,"text":"T","label":["power:adheres","power:opposes"]}', 'format',
          ':1: both says adheres of "1" for power, but opposes at both.doccano:1')
    f.add('no_text.doccano', '{"id":1,"label":[]}', 'format', ':1: "text" is missing')
    f.add('no_id.prodigy', '{"text":"T","accept":[]}', 'format', ':1: "id" is missing')
    f.add('accept.prodigy', '{"text":"T","_input_hash":1,"accept":"power:adheres"}', 'format', '"accept" is not a list')
    f.add('answer.prodigy', '{"text":"T","_input_hash":1,"accept":[],"answer":"yes"}', 'format', '"answer" is none of')
    f.add('label.prodigy', '{"text":"T","_input_hash":1,"label":"POWER"}', 'format', '"POWER" is not a value and a label')
    record = {'id': 'a', 'fields': {'text': 'T'}}
    f.add('no_text.argilla', '{"id":"a","fields":{}}', 'format', ':1: "response" is missing')
    f.add('responses.argilla', json.dumps({**record, 'responses': 1}), 'format', '"responses" is neither')
    f.add('question.argilla', json.dumps({**record, 'responses': {'power': 1}}), 'format', 'the responses to power are no list')
    f.add('label.argilla', json.dumps({**record, 'responses': {'power': [{'value': 3}]}}), 'format',
          'the label for power is not one string')
    f.add('values.argilla', json.dumps({**record, 'responses': [{'user_id': 'u'}]}), 'format', '"values" of a response')
    f.add('value.argilla', json.dumps({**record, 'responses': [{'user_id': 'u', 'values': {'safety': {'value': 'adheres'}}}]}),
          'format', ':1: there is no value "safety"')


def system(**changes):
    s = {'format': 1, 'id': 'mine', 'name': 'Mine', 'source': 'me', 'values': [
        {'id': 'care', 'name': 'Care', 'definition': 'Caring.', 'source': 'me', 'concepts': ['Helping']}]}
    s.update(changes)
    return json.dumps(s)


def value(drop=None, **changes):
    v = {'id': 'care', 'name': 'Care', 'definition': 'Caring.'}
    v.update(changes)
    if drop is not None:
        del v[drop]
    return v


def values():
    f = Folder('values')
    f.add('good.json', system(), 'ok', '')
    f.add('empty.json', '', 'format', 'empty.json: not valid JSON')
    f.add('list.json', '[]', 'format', 'list.json: expected an object')
    f.add('latin1.json', system(name='\u00e4').replace('\\u00e4', '\u00e4').encode('latin-1'), 'format', 'UTF-8')
    f.add('twice.json', '{"format":1,"format":1}', 'format', 'key "format" twice')
    f.add('unknown_key.json', system(version=1), 'format', 'unknown key "version"')
    f.add('format_2.json', system(format=2), 'unsupported', '"format" is 2; this build reads format 1')
    f.add('format_text.json', system(format='1'), 'format', '"format" is not a number')
    f.add('id_case.json', system(id='Mine'), 'format', 'id_case.json: "id" is not 1 to 64 lower-case letters')
    f.add('id_empty.json', system(id=''), 'format', '"id" is not 1 to 64')
    f.add('id_long.json', system(id='a' * 65), 'format', '"id" is not 1 to 64')
    f.add('name_blank.json', system(name=' \n'), 'format', '"name" is empty')
    f.add('name_long.json', system(name='a' * 201), 'limit', '"name" has more than 200 bytes')
    f.add('source_number.json', system(source=1), 'format', '"source" is not a string')
    f.add('no_values.json', system(values=[]), 'format', '"values" is empty')
    f.add('values_object.json', system(values={}), 'format', '"values" is not an array')
    f.add('many.json', system(values=[value(id=f'v{i}') for i in range(65)]), 'limit', '"values" has more than 64')
    f.add('value_text.json', system(values=[value(), 'care']), 'format', ': value 2 is not an object')
    f.add('value_no_id.json', system(values=[value('id')]), 'format', ': value 1: "id" is missing')
    f.add('value_id.json', system(values=[value(id='Care/Harm')]), 'format', ': value 1: "id" is not 1 to 64')
    f.add('value_twice.json', system(values=[value(), value()]), 'format', ': value care stands twice')
    f.add('no_name.json', system(values=[value('name')]), 'format', ': value care: "name" is missing')
    f.add('no_definition.json', system(values=[value('definition')]), 'format', ': value care: "definition" is missing')
    f.add('definition_empty.json', system(values=[value(definition='')]), 'format', ': value care: "definition" is empty')
    f.add('definition_long.json', system(values=[value(definition='a' * 4097)]), 'limit', '"definition" has more than 4096')
    f.add('value_key.json', system(values=[value(weight=1)]), 'format', ': value care: unknown key "weight"')
    f.add('concepts_text.json', system(values=[value(concepts='Helping')]), 'format', '"concepts" is not an array')
    f.add('concept_object.json', system(values=[value(concepts=[{}])]), 'format', '"concepts" holds something other than')
    f.add('concept_empty.json', system(values=[value(concepts=[''])]), 'format', '"concepts" holds something other than')
    f.add('concept_long.json', system(values=[value(concepts=['a' * 301])]), 'format', '"concepts" holds something other than')
    f.close()


def seeds():
    folder = os.path.join('tests', 'fuzz', 'seeds', 'labels')
    os.makedirs(folder, exist_ok=True)
    text = {'id': 'a', 'scenario': 'S', 'response': 'R'}
    files = {
        'jsonl': line(time='2026-01-31T09:30:00.5+01:00', note='n') + line(id='b', label='skip')
        + json.dumps({**text, 'id': 'c', 'values': {'power': 1, 'security': -1}, 'model': 'm'}) + '\n' + json.dumps({**text, 'id': 'd'}),
        'csv': '\ufeffitem_id,annotator,value,label,time,note\na,anna,power,adheres,5,"x, ""y""\nz"\n\na,bob,security,-1,,\n',
        'label-studio': '[' + json.dumps(task(['adheres'], created_at='2021-03-09T22:16:08.728353Z')) + ',\n'
        + json.dumps({'id': 2, 'data': {'text': 'U', 'value': 'power'}, 'annotations': [
            {'completed_by': {'email': 'e'}, 'was_cancelled': True, 'result': []}]}) + ']',
        'doccano': '{"id":1,"text":"T","label":["power:adheres","security:skip"],"Comments":[]}\n'
        '{"item_id":"a","text":"R","scenario":"S","labels":["opposes"],"meta":{"value":"power"}}\n',
        'prodigy': '{"text":"T","meta":{"item_id":"p"},"options":[],"accept":["power:adheres"],"answer":"accept","_timestamp":9}\n'
        '{"text":"U","_input_hash":-7,"label":"power:adheres","answer":"ignore","_session_id":"s"}\n',
        'argilla': '[' + json.dumps({'id': 'r', 'fields': {'text': 'T'}, 'metadata': {'source': 'm'}, 'responses': {
            'power': [{'value': 'adheres', 'user_id': 'u'}, {'value': 'opposes', 'user_id': 'v'}]}}) + ','
        + json.dumps({'external_id': 's', 'fields': {'response': 'U'}, 'responses': [
            {'user_id': 'u', 'status': 'submitted', 'values': {'power': {'value': 'skip'}}}, {'user_id': 'w', 'status': 'draft'}]}) + ']',
        'crowd-kit': 'task,worker,label\na:power,w1,adheres\na:power,w2,opposes\n',
        'mace': 'item,w1,w2\na:power,,adheres\na:security,opposes,unrelated\n',
    }
    for i, name in enumerate(FORMATS):
        with open(os.path.join(folder, name), 'wb') as f:
            f.write(str(i).encode() + files[name].encode())
    with open(os.path.join(folder, 'values'), 'w', encoding='utf-8') as f:
        f.write('v' + system())


def main():
    f = Folder('labels')
    own(f)
    csv(f)
    tools(f)
    f.close()
    values()
    seeds()


main()
