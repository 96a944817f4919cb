"""Writes the bad indexes, manifests and archives under tests/bad/{index,manifest,tar}, each with its expected status
and a part of its sentence. Python 3.11, standard library only. Run from the repository's root:

    python3 tests/golden/gen/bad_datasets.py

An index is read with a manifest of one shard of 4,096 bytes that test_shard.c writes around it."""

import io
import json
import os
import tarfile

GOOD = {
    'id': 'a-1', 'dimension': 'Helpful', 'domain': 'Embodiment', 'task': 'Robotic Planning', 'question': 'What next?',
    'options': ['left', 'right'], 'gold': [0], 'cluster': '', 'sight': True,
    'images': [{'shard': 0, 'name': 'a-1.0.png', 'offset': 512, 'size': 100, 'sha256': 'ab' * 32}],
}


class Folder:
    def __init__(self, name):
        self.path = os.path.join('tests', 'bad', name)
        self.lines = ['# file, status, part of the sentence']
        os.makedirs(self.path, exist_ok=True)

    def add(self, name, content, status, part):
        with open(os.path.join(self.path, name), 'wb') as f:
            f.write(content)
        self.lines.append(f'{name}\t{status}\t{part}')

    def close(self):
        with open(os.path.join(self.path, 'expected.tsv'), 'w', encoding='utf-8') as f:
            f.write('\n'.join(self.lines) + '\n')


def line(image=None, drop=None, **changes):
    sample = json.loads(json.dumps(GOOD))
    sample.update(changes)
    if image is not None:
        sample['images'][0].update(image)
    if drop is not None:
        del sample[drop]
    return (json.dumps(sample, ensure_ascii=False) + '\n').encode()


def indexes():
    f = Folder('index')
    f.add('good.jsonl', line() + line(id='a-2')[:-1], 'ok', '')
    f.add('empty.jsonl', b'', 'format', '0 lines')
    f.add('blank_line.jsonl', line() + b'\n' + line(id='a-2'), 'format', 'index line 2: not valid JSON')
    f.add('cut.jsonl', line()[:-20], 'format', 'index line 1: not valid JSON')
    f.add('array.jsonl', b'[1]\n', 'format', 'expected an object')
    f.add('same_id.jsonl', line() + line(), 'format', 'id a-1 twice')
    f.add('key_twice.jsonl', line().replace(b'"cluster": ""', b'"id": "a-1"'), 'format', 'key "id" twice')
    f.add('nul.jsonl', line(question='a\0b'), 'format', 'NUL')
    f.add('latin1.jsonl', line().replace(b'What', b'W\xe4t'), 'format', 'UTF-8')
    for key in ('id', 'dimension', 'domain', 'task', 'question', 'options', 'gold', 'images', 'sight'):
        f.add(f'no_{key}.jsonl', line(drop=key), 'format', f'"{key}" is missing')
    f.add('id_dot.jsonl', line(id='a.1'), 'format', 'id is not')
    f.add('id_folder.jsonl', line(id='../a'), 'format', 'id is not')
    f.add('id_long.jsonl', line(id='a' * 65), 'format', 'id is not')
    f.add('id_number.jsonl', line(id=7), 'format', '"id" is not a string')
    f.add('dimension.jsonl', line(dimension='helpful'), 'format', 'dimension is none of')
    f.add('no_text.jsonl', line(question=''), 'format', 'question is empty')
    f.add('domain_long.jsonl', line(domain='d' * 129), 'limit', 'domain has 129 bytes')
    f.add('question_long.jsonl', line(question='q' * 65537), 'limit', 'question has 65537 bytes')
    f.add('option_long.jsonl', line(options=['o' * 16385, 'x']), 'limit', 'an option has 16385 bytes')
    f.add('one_option.jsonl', line(options=['left']), 'format', '1 options')
    f.add('many_options.jsonl', line(options=['x'] * 17), 'limit', '"options" has more than 16')
    f.add('option_number.jsonl', line(options=['left', 3]), 'format', 'an option is not a string')
    f.add('no_gold_at_all.jsonl', line(gold=[]), 'format', 'gold names 0 of 2')
    f.add('gold_outside.jsonl', line(gold=[2]), 'format', 'gold 2 of 2 options')
    f.add('gold_negative.jsonl', line(gold=[-1]), 'format', 'gold is not the number')
    f.add('gold_fraction.jsonl', line(gold=[0.5]), 'format', 'gold is not the number')
    f.add('gold_huge.jsonl', line(gold=[1e300]), 'format', 'gold is not the number')
    f.add('gold_twice.jsonl', line(gold=[1, 1]), 'format', 'gold 1 twice')
    f.add('sight_number.jsonl', line(sight=1), 'format', '"sight" is not true or false')
    f.add('many_images.jsonl', line(images=GOOD['images'] * 9), 'limit', '"images" has more than 8')
    f.add('shard_outside.jsonl', line(image={'shard': 1}), 'format', '"shard" is 1')
    f.add('offset_odd.jsonl', line(image={'offset': 513}), 'format', 'does not lie in a shard')
    f.add('offset_zero.jsonl', line(image={'offset': 0}), 'format', 'does not lie in a shard')
    f.add('offset_outside.jsonl', line(image={'offset': 8192}), 'format', 'does not lie in a shard')
    f.add('size_outside.jsonl', line(image={'size': 3585}), 'format', 'does not lie in a shard')
    f.add('size_zero.jsonl', line(image={'size': 0}), 'format', '"size" is 0')
    f.add('size_huge.jsonl', line(image={'size': 2**53}), 'format', 'does not lie in a shard')
    f.add('hash_short.jsonl', line(image={'sha256': 'ab'}), 'format', '"sha256" is not 64')
    f.add('hash_upper.jsonl', line(image={'sha256': 'AB' * 32}), 'format', '"sha256" is not 64')
    f.add('name_outside.jsonl', line(image={'name': '../a.png'}), 'format', 'no plain relative name')
    f.close()


def manifest(drop=None, **changes):
    m = {'format': 1, 'name': 'n', 'version': '1', 'licence': 'CC0-1.0', 'n_samples': 1,
         'index': {'file': 'index.jsonl', 'bytes': 0, 'sha256': '00' * 32},
         'shards': [{'file': 'a.tar', 'bytes': 4096, 'sha256': '00' * 32}]}
    m.update(changes)
    if drop is not None:
        del m[drop]
    return json.dumps(m).encode()


def manifests():
    """Each is read with an empty index."""
    f = Folder('manifest')
    index = {'file': 'index.jsonl', 'bytes': 0, 'sha256': '00' * 32}
    shard = {'file': 'a.tar', 'bytes': 4096, 'sha256': '00' * 32}
    f.add('empty.json', b'', 'format', 'manifest.json: not valid JSON')
    f.add('cut.json', manifest()[:-5], 'format', 'manifest.json: not valid JSON')
    f.add('number.json', b'1', 'format', 'expected an object')
    f.add('key_twice.json', manifest()[:-1] + b', "name": "m"}', 'format', 'key "name" twice')
    f.add('deep.json', b'[' * 10000, 'limit', 'nested too deep')
    for key in ('format', 'name', 'version', 'licence', 'n_samples', 'index', 'shards'):
        f.add(f'no_{key}.json', manifest(drop=key), 'format', f'"{key}" is missing')
    f.add('format_2.json', manifest(format=2), 'unsupported', 'format 2')
    f.add('no_name_text.json', manifest(name=''), 'format', 'there is a name')
    f.add('long_licence.json', manifest(licence='l' * 129), 'format', 'at most 128 bytes')
    f.add('no_samples.json', manifest(n_samples=0), 'format', '"n_samples" is 0')
    f.add('many_samples.json', manifest(n_samples=1000001), 'format', '"n_samples" is 1000001')
    f.add('half_samples.json', manifest(n_samples=1.5), 'format', 'not a whole number')
    f.add('index_folder.json', manifest(index={**index, 'file': 'a/index.jsonl'}), 'format', 'not a plain file name')
    f.add('index_up.json', manifest(index={**index, 'file': '..'}), 'format', 'not a plain file name')
    f.add('index_hash.json', manifest(), 'format', 'index.jsonl: hash differs')
    f.add('index_bytes.json', manifest(index={**index, 'bytes': 5}), 'format', '0 bytes, but the manifest says 5')
    f.add('shard_folder.json', manifest(shards=[{**shard, 'file': '/etc/passwd'}]), 'format', 'not a plain file name')
    f.add('shard_backslash.json', manifest(shards=[{**shard, 'file': 'a\\b'}]), 'format', 'not a plain file name')
    f.add('shard_hash.json', manifest(shards=[{**shard, 'sha256': 'zz' * 32}]), 'format', '"sha256" is not 64')
    f.add('shard_bytes.json', manifest(shards=[{**shard, 'bytes': -1}]), 'format', '"bytes" is -1')
    f.add('shards_object.json', manifest(shards={}), 'format', '"shards" is not an array')
    f.close()


def tar(name='a.txt', data=b'hello', end=True, **fields):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in fields.items():
        setattr(info, key, value)
    block = info.tobuf(format=tarfile.USTAR_FORMAT)
    body = data + b'\0' * (-len(data) % 512)
    return block + body + (b'\0' * 1024 if end else b'')


def with_sum(header):
    """The header with its checksum put right again."""
    total = sum(header[:148]) + 8 * 32 + sum(header[156:512])
    return header[:148] + b'%06o\0 ' % total + header[156:]


def patched(at, value, base=None):
    base = bytearray(base or tar())
    base[at:at + len(value)] = value
    return with_sum(bytes(base[:512])) + bytes(base[512:])


def archives():
    f = Folder('tar')
    f.add('good.tar', tar(end=False) + tar(name='folder/b.json', data=b''), 'ok', '')
    f.add('empty.tar', b'', 'format', 'without its closing blocks')
    f.add('no_end.tar', tar(end=False), 'format', 'without its closing blocks')
    f.add('one_end.tar', tar(end=False) + b'\0' * 512, 'format', 'without its closing blocks')
    f.add('one_end_then_more.tar', b'\0' * 512 + tar(), 'format', 'no tar header at byte 0')
    f.add('cut_header.tar', tar()[:300], 'format', 'without its closing blocks')
    f.add('not_tar.tar', b'PK\3\4' + b'x' * 2044, 'format', 'no tar header at byte 0')
    f.add('checksum.tar', tar().replace(b'a.txt', b'b.txt', 1), 'format', 'wrong checksum')
    f.add('up.tar', tar(name='../a.txt'), 'format', 'no plain relative name')
    f.add('up_inside.tar', tar(name='a/../../b.txt'), 'format', 'no plain relative name')
    f.add('absolute.tar', patched(0, b'/etc/passwd'), 'format', 'no plain relative name')
    f.add('backslash.tar', tar(name='..\\a.txt'), 'format', 'no plain relative name')
    f.add('drive.tar', tar(name='c:a.txt'), 'format', 'no plain relative name')
    f.add('no_name.tar', patched(0, b'\0' * 100), 'format', 'no plain relative name')
    f.add('escape.tar', tar(name='a\x1b[2J.txt'), 'format', 'no plain relative name')
    f.add('prefix.tar', patched(345, b'../..'), 'format', 'no plain relative name')
    f.add('symlink.tar', tar(data=b'', type=tarfile.SYMTYPE, linkname='/etc/passwd'), 'unsupported', 'is a link')
    f.add('hardlink.tar', tar(data=b'', type=tarfile.LNKTYPE, linkname='a'), 'unsupported', 'is a link')
    f.add('device.tar', tar(data=b'', type=tarfile.CHRTYPE), 'unsupported', 'is a device')
    f.add('pipe.tar', tar(data=b'', type=tarfile.FIFOTYPE), 'unsupported', 'is a device')
    f.add('folder.tar', tar(data=b'', type=tarfile.DIRTYPE), 'unsupported', 'is a folder')
    f.add('pax.tar', tar(name='pax', data=b'11 path=../', type=tarfile.XHDTYPE), 'unsupported', 'is an extension')
    f.add('link_in_file.tar', patched(157, b'/etc/passwd'), 'format', 'no plain relative name')
    f.add('size_outside.tar', patched(124, b'00000010000\0'), 'format', 'past the end')
    f.add('size_in_end.tar', patched(124, b'00000003001\0'), 'format', 'past the end')
    f.add('size_huge.tar', patched(124, b'77777777777\0'), 'format', 'past the end')
    f.add('size_binary.tar', patched(124, b'\x80' + b'\0' * 10 + b'\x05'), 'format', 'malformed size')
    f.add('size_minus.tar', patched(124, b'-0000000005\0'), 'format', 'malformed size')
    f.add('size_text.tar', patched(124, b'5 5        \0'), 'format', 'malformed size')
    f.close()


if __name__ == '__main__':
    indexes()
    manifests()
    archives()
